"""Figures of speech, accidents and denials in folded spelling: taken out of a text before it is searched."""

from __future__ import annotations

from typing import Final

CALM: Final[tuple[str, ...]] = (
    # Idioms and accidents, taken out of the text before anything is looked for.
    r"<doe> af (?:grin|latter|kedsomhed|sult|varme|kulde|pinlighed|flovhed|skam|nysgerrighed|cringe|toerst|traethed"
    r"|grine|grineren)",
    r"<doe> for (?:en|et|den|det|de|noget|at|min)",
    r"doe? naar jeg (?:bliver|er) gammel",
    r"over min doede krop",
    r"(?:haenge|haenger) <mig> (?:<ikke> |aldrig )?(?:i (?:det|den|de|detalje\w*|hvad|at|smaating|noget|om|hvem"
    r"|ordene?)|op paa|fast)\b",
    r"(?:skyde|skyder|skoed|skudt) <mig> <selv> (?:lidt )?i foden",
    r"shoot(?:ing)? <myself> in the foot",
    r"<slaa> <mig> <selv> i hovedet over",
    r"<tage> mit (?:eget )?liv (?:op|tilbage|i egne|i egen|alvorligt|serioest|videre|et andet)",
    r"tak(?:e|ing) my (?:own )?life (?:back|seriously|in|to|one|somewhere)",
    r"selvmordsmission\w*",
    r"suicide squad",
    r"(?:die|dying|died) (?:laughing|of (?:laughter|embarrassment|boredom|hunger|cringe|shame|heat|old age)|to "
    r"(?:see|try|know|go))",
    r"rather die than",
    r"to die for",
    r"\d+ ?kms",
    r"(?:skar|skaar|skaerer|skaaret|skaere|braendte|braendt|braender) <mig> (?:<selv> )?(?:i|paa|af) (?:min |den |et "
    r"|en |noget |det )?"
    r"(?:\w*finger\w*|tommel\w*|haanden|tungen|\w*gryde\w*|\w*pande\w*|komfur\w*|ovn\w*|strygejern\w*|glas\w*"
    r"|papir\w*|kniv\w*"
    r"|braeddet|te\w*|kaffe\w*|solen)(?: da| mens| med| paa| i|$| \.)",
    r"(?:skadede?|skadet|slog|skader) <mig> (?:<selv> )?(?:til|i|under|ved|paa) (?:min )?(?:<game>|traening\w*"
    r"|sport\w*|arbejd\w*|idraet\w*|knaeet)",
    r"cut(?:ting)? <myself> (?:shaving|cooking|on(?! purpose)|while|a|some|off|when i (?:was )?(?:cook|shav))",
    r"(?:hurt|burn(?:ed|t)?|hit) <myself> (?:at|playing|in the gym|in gym|during|on(?! purpose)|lifting|while"
    r"|falling|cooking|with the (?:oven|iron)|skating|running)",
    r"(?:<slaa>|slog|smadre\w*|draeb\w*|banke\w*|kill\w*|beat\w*|taeve\w*|hit|hits) (?:<mig>|me|<who>"
    r"|<whom>)(?: <ikke>| altid| every time| always| tit)*"
    r" (?:i|til|in|at|on) (?:en |et |vores |a |the )?(?:game|<game>)",
    r"hits? me (?:up|with|that|back)",
    r"beats? me to",
    r"(?:laere\w*|teacher|boss|chef\w*) (?:<slaa> <mig> <ihjel>|(?:will|is going to|is gonna|gonna) kill me)",
    # Denials of wanting to die, of being suicidal, of being hit or in danger.
    r"(?:<ikke>|ingen|hverken) (?:\w+ ){0,2}lyst til at <F><doe>",
    r"(?:<ikke>|ingen|hverken|uden) (?:laengere |haft |nogen |har |have |flere |mere ){0,3}(?:selvmordstruet"
    r"|selvmordstanker|suicidal\w*|selvmordstanke)",
    r"(?:not|no|no more|never been|without|isnt|arent|wasnt|havent had) (?:really |actually |feeling |any |having "
    r"){0,2}suicidal\w*(?: thoughts)?",
    r"<not> (?:really |actually )?(?:want|wanna|wanting|wish)(?: to)? (?:die|be dead)",
    r"<third> <slaa> <mig> (?:<ikke>|aldrig)",
    r"(?:<slaa>|slog) <mig> (?:<ikke>|aldrig)",
    r"(?:he|she|they) (?:doesnt|didnt|dont|never|does not|did not) (?:hit|hits|beat|hurt|hurts) me",
    r"<ikke> (?:laengere |mere )?i fare",
    r"not in (?:any )?danger",
    r"i fare for at",
    r"in danger of (?:failing|losing|missing|dropping|being)",
    r"(?:keder?|kedede|griner?|grinede|arbejder?|skraemmer?|skraemte|fryser?|froes|loeber?|sveder?) <mig> (?:naesten "
    r"|helt )?<ihjel>",
    r"(?:bored|worked|working|work|laughed|laughing|scared) (?:myself|me|to) (?:to )?death",
    r"<ikke> (?:noget |fordi )?(?:\w+ ){0,3}(?:med|om) at (?:ville|vil) doe",
    r"(?:voldsom\w*|vold i (?:film|filmen|spil|spillet|skolen))",
    r"<ikke> (?:\w+ ){0,2}?bange for (?:ham|hende|dem|at \w+|min \w+)(?: hjem\w*)?",
    r"<ikke> (?:\w+ ){0,2}?(?:voldelig\w*|udsat for vold)|(?:not|never|isnt|wasnt) (?:\w+ )?(?:violent|abusive)",
    r"true(?:r|de|t) med at (?:miste|blive|faa|fratage|tage min)",
    r"det <tage> (?:helt |naesten )?livet af <mig> (?:at|den|det|naar)",
    # A thing, not a person, takes one's life; a bill hits; a friend stabs in the back; a gull attacks.
    r"(?:det|den|de) (?:der |her )?(?!liv\b)\w+ <tage> (?:helt |naesten |snart )?livet af <mig>",
    r"(?:lussing|lussinger|hug|klap|bank|tur i \w+) (?:af|fra) (?:\w*regning\w*|skat|su|banken|renten|priserne|vejret)",
    r"(?:stab(?:bed|bing)?|knife|stak|stukket|stikker) (?:me |mig )?in the back|kniven? i ryggen",
    r"overfaldet af (?:en |et |nogle |to )?(?:\w+ ){0,2}(?:maage\w*|hund\w*|kat\w*|hvepse?\w*|myg|svane\w*|and|aender"
    r"|ged\w*)",
    r"(?:<ikke>|ingen) (?:nogen |er )?(?:der |som |har )?(?:nogensinde )?(?:truer|slaar|slaaet|truet|roert|roerer"
    r"|forfoelger|foelger efter) <mig>",
    r"(?:he|she|they|nobody|no one) (?:hasnt|havent|has not|never) (?:ever )?(?:touched|hurt|hit|threatened) me",
    # What was taught, read, watched or played.
    r"(?:kursus|foerstehjaelp|rollespil|oplaeg|film\w*|bog\w*|foredrag|podcast\w*|dokumentar\w*|serie\w*|opgave\w*"
    r"|stil|emne\w*|tema\w*|afsnit\w*|artikel\w*|sang\w*|musical|essay|movie|song|book|series"
    r"|documentary) (?:\w+ ){0,3}?(?:om|med|about|called|der hedder) (?:\w+ ){0,3}?(?:vold\w*|selvmord\w*"
    r"|selvskade\w*|overgreb\w*|hjertestop|mord\w*|voldtaegt\w*|misbrug\w*|suicid\w*|murder\w*|self ?harm\w*"
    r"|domestic violence|abuse)",
    r"(?:havde|har|laerte|laerer|oever|oeve|snakkede|talte|taler) (?:\w+ )?(?:om |foerstehjaelp (?:\w+ )?)(?:ved "
    r"|med )?(?:selvmord\w*|selvskade\w*|vold\w*|hjertestop|overgreb\w*) (?:i (?:dansk|skolen|timen|samfundsfag"
    r"|klassen)|paa)",
    r"(?:er|var|bliver|am|im) (?:saa |helt |naesten |halv|ligesom |literally |so ){0,2}(?:doed|dead)(?: nu)? (?:efter"
    r"|af|traet|i benene|i hovedet|indeni|paa benene|after|tired|inside lol)|doede? (?:lidt |helt |naesten )?indeni"
    r"|doed ?(?:traet|kedelig\w*|laekker\w*|sej\w*|syg\w*|irriterende|flot\w*|sjov\w*|godt?|svaert?|smart\w*"
    r"|nervoes\w*|sulten|fed\w*|cringe|serioes\w*)",
    # What stands in quotation marks beside a song, a film or a game is somebody else's words.
    r"(?:sang\w*|song|linje\w*|tekst\w*|lyrics|track|film\w*|movie|serie\w*|spil\w*|game|bog\w*|playliste?\w*"
    r"|the sims|sims|repeat|spotify) (?:\w+ ){0,6}?(?:doe|doer|doed\w*|leve|livet|liv|die|dead|kill\w*|suicid\w*"
    r"|mord\w*)\b|(?:doe|doer|doed\w*|leve|livet|liv|die|dead|kill\w*) (?:\w+ ){0,6}?(?:paa repeat|god sang|fed sang"
    r"|the sims|sims|sangen|filmen|i spillet|spotify|lyrics)",
    r"(?:sparket?|sparkede|smidt?|smed|kicked?|slettet?) <mig> (?:ud|af|off|out) (?:af |fra |of )?(?:\w*gruppe\w*"
    r"|\w*chat\w*|spillet|holdet|discord\w*|serveren|the (?:group|chat|server))",
    r"ingen (?:fremtid|vej) (?:i|for) (?:det|den|de|mit) (?:job\w*|uddannels\w*|forhold|projekt\w*|firma\w*|skole)",
    r"hader (?:mandage?|mit job|mit arbejde|skolen|lektier|regn\w*|vinteren)",
    r"foerstehjaelp (?:\w+ ){0,3}?hjertestop",
    r"(?:doer|draebt|slaaet ihjel|killed) (?:\w+ ){0,4}?(?:i|in|paa) (?:det |den |the )?(?:<game>|level\w*|bane\w*"
    r"|boss\w*)",
    r"smidt ud (?:af|fra) (?:skolen|klassen|timen|holdet|klubben|festen|kurset|gruppen|chatten|spillet|fitness\w*)",
    r"(?:ikke|not) (?:hele )?(?:livet|mit liv|my life)(?: igennem| lang)",
    # Drowned in work, sunk into the floor, dead of laughter; what a character does; what has been left behind.
    r"(?:kvalt|kvaeles?|drukne[rt]?|druknede|begravet|drown(?:ing|ed)?|buried) (?:\w+ )?(?:i|in|af) (?:\w+ )?"
    r"(?:lektier|arbejde|opgaver|mails?|papir\w*|regning\w*|work|homework|emails?|debt|vasketoej|spam|beskeder)",
    r"(?:forsvinde|synke|krybe|sank|sink|disappear) (?:\w+ ){0,2}?(?:i|in|into|through) "
    r"(?:jorden|gulvet|et hul|the (?:ground|floor))",
    r"im (?:so |literally |actually )?dead(?: \.|$| if i (?:miss|forget|fail|dont)| lol| haha\w*)",
    r"<slaa> <mig> <ihjel> (?:\w+ ){0,8}?(?:lol|haha\w*|xd)",
    r"(?:hovedperson\w*|karakteren|skuespiller\w*|helten|the (?:main )?character|the hero)(?: \w+){0,8}",
    r"(?:stoppede|stoppet|holdt op|stopped|quit) (?:med )?(?:at )?(?:cutte|cutting|self ?harm\w*"
    r"|(?:skaere|skade) (?:i )?<mig>(?: <selv>)?)|dont (?:hurt|cut) <myself> any ?more",
    r"<ikke> taenkt <mig> at goere noget (?:dumt|ved)|not (?:going|gonna) (?:to )?do anything stupid",
    r"(?:tog|took) (?:sit|his|her) (?:eget |own )?(?:liv|life) (?:da <jeg> var|when i was|for \w+ aar siden)",
    r"(?:doe|doer|draebt|die) (?:paa scenen|on stage|i stykket|i forestillingen)",
    r"(?:gik|var) (?:\w+ ){0,3}?i (?:skole|folkeskolen|\w+ klasse) (?:\w+ ){0,8}?for sjov",
    r"<ikke> fordi jeg (?:vil|har lyst til at|oensker at) doe",
    r"(?:\w*opsparing|\w*konto\w*|telefon\w*|computer\w*|pc|bil\w*) (?:\w+ ){0,2}begaaet selvmord",
    r"(?:spurgte|spoerger|asked) (?:\w+ ){0,14}?(?:det har jeg ikke|nej det|and i (?:dont|havent|didnt))",
    r"(?:mobbet|slaaet|drillet|taevet) (?:og \w+ )?i folkeskolen",
    r"hvor (?:mange|meget) (?:\w+ )?<pills> (?:maa|boer) (?:man|jeg) (?:\w+ ){0,3}?"
    r"(?:om dagen|dagligt|mod|ad gangen|per dag)",
)
