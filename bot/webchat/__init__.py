"""The web chat: a Bot API server of our own, and the JSON and event API that its phone-sized page speaks.

The page, the server and the bot meet only over TCP. The server enforces Telegram's limits, rates and error texts, so
that one python-telegram-bot application and the same handlers serve people with and without Telegram. It keeps what
people wrote in a store of its own, every field sealed under one random key per person.

    server      WebChat: opens, serves, closes       __main__   the same, alone in a process
    bot_api     the Bot API over HTTP                methods    its methods: limits, errors, results
    updates     the queue, getUpdates                webhook    delivery to a URL: order, retries, secret
    timer       seconds for pauses and retries
    entities    cleaning and spans of a text         html_mode  HTML parse mode
    chats       what both sides do, one deed each    messages, people, store, files   the rows
    page_api    the page's JSON API                  live       server-sent events; page_guard what binds them all
    page_files  files of the page and of people
    uploads     what a person sends besides words    signins    one-time ways into a chat
    push        a sign without content to a phone    rates      how much is too much
    extensions  methods of ours                      faults     injected failures
"""
