"""Whatever Hørt says to Telegram in its journeys, and whatever our server answers, aiogram knows too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.faithful.aiograms import Aiogram
from tests.faithful.conftest import Curtain
from tests.faithful.tap import Tap
from tests.journeys.test_checkin_score_alert_figure import (
    test_a_low_score_brings_help_gently_and_an_alert_a_human_closes as checking_in,
)
from tests.journeys.test_feedback import (
    test_feedback_to_the_caseworker_is_answered_and_the_loop_closed as giving_feedback,
)
from tests.journeys.test_help import (
    test_help_is_there_for_a_stranger_for_somebody_on_the_way_in_and_in_the_middle_of_a_check_in as asking_for_help,
)
from tests.journeys.test_joining import (
    test_amina_joins_with_the_link_and_mette_confirms_the_two_words as joining,
)
from tests.journeys.test_message_promise_reply import (
    test_amina_writes_mette_reads_and_answers_and_the_chat_tells_the_truth_at_every_step as writing,
)
from tests.journeys.test_offer import (
    test_not_quite_brings_her_words_to_mette_with_a_promise as answering_an_offer,
)
from tests.stage import Stage

JOURNEYS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "joining": joining,
    "writing": writing,
    "answering_an_offer": answering_an_offer,
    "giving_feedback": giving_feedback,
    "checking_in": checking_in,
    "asking_for_help": asking_for_help,
}


async def test_every_call_every_answer_and_every_update_has_telegrams_form(
    aiogram: Aiogram, tap: Tap, curtain: Curtain
) -> None:
    lines = []
    for name, journey in JOURNEYS.items():
        async with curtain(name) as stage:
            await journey(stage)
            if name == "asking_for_help":
                await stage.bot_api(
                    "editAsUser", chat_id=tap.updates()[0]["message"]["chat"]["id"], message_id=1, text="?"
                )
                await stage.bot_api("setBlocked", chat_id=tap.updates()[0]["message"]["chat"]["id"], blocked=True)
                await stage.settle()
        updates = tap.updates()
        # The line above the chat belongs to our own page; Telegram has no such call.
        lines += [call.line() for call in tap.calls if call.method != "setChatHeader"]
        lines += [{"update": update} for update in updates]
        tap.calls.clear()
    methods = {line["method"] for line in lines if "method" in line}
    kinds = {kind for line in lines if "update" in line for kind in line["update"]}
    assert methods >= {"getMe", "setMyCommands", "getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery"}
    assert kinds == {"update_id", "message", "edited_message", "callback_query", "my_chat_member"}
    assert await aiogram.judge(lines) == [[]] * len(lines)
