"""Words of crisis about harming oneself, being in danger, and violence: the other half of `crisis_lexicon`."""

from __future__ import annotations

from typing import Final

SELFHARM: Final[tuple[str, ...]] = (
    r"selv ?skad\w*",
    r"self ?harm\w*",
    r"(?:skaere?r?|skaare?r?|skar|skaaret|ridser?|ridsede|snitter?|snittede|braender?|braendte|braendt|slaar|slaa"
    r"|slog|bider?|skader?|skadede|skadet|straffer?"
    r"|kradser?|stikker?|nive?r?|sulter?) (?:i |paa |ned i )?<mig> <selv>",
    r"(?:skade|ondt|fortraed) paa <mig>(?: <selv>)?",
    r"goe?re?r? <mig> <selv> (?:ondt|fortraed|skade)",
    r"(?:skaerer?|skaare?r?|skaaret|skar|snitter?|snittet|ridser?|ridset) (?:i )?<mig> (?:selv )?(?:igen|i (?:min "
    r"|mine )?(?:arm\w*|ben\w*|laar\w*|haandled\w*|mave\w*|hud\w*)|paa (?:min |mine )?(?:arm\w*|ben\w*|laar\w*"
    r"|haandled\w*))",
    r"<jeg> <F>skaerer? <F><mig>(?: \.|$)",
    r"(?:skaere|skaerer|skaaret|skar) i (?:min arm|mine arme|mine ben|mit laar|mine laar|mit haandled|mine haandled"
    r"|armene|haandleddet|huden)",
    r"cutte[rdt]?(?:de)? (?:i )?(?:<mig>|igen|mere|hver)|<jeg> <F>cutter\b|at cutte\b",
    r"(?:cut|cutting|cuts|hurt|hurting|harm|harming|burn|burning|burnt|burned|punish|punishing|hit|hitting|starv(?:e"
    r"|ing)|scratch(?:ed|ing)?) ?<myself>",
    r"cut(?:ting)? (?:my (?:wrist|wrists|arm|arms|thighs?|legs?)|again)",
    r"(?:been|started|start|keep|back to|stop|not) cutting\b|(?:my arms?|my legs?|my thighs?|my wrists?) (?:\w+ "
    r"){0,3}(?:cuts|bleeding|blood)",
    r"(?:naar|hver gang|hvis|indtil|until|when|whenever) (?:<jeg>|i) <F>(?:skaerer|cutter|ridser|braender|cut"
    r"|burn)(?: \.|$| <mig>| lidt| dybt| deep| i <mig>)",
    r"(?:nye?|lavet|friske?|flere|fresh|new|made) (?:\w+ ){0,2}?(?:saar|snit|rifter|maerker|cuts|scars"
    r"|marks) (?:\w+ ){0,2}?(?:paa|on) (?:\w+ )?<limb>",
    r"(?:skaere?r?|skaaret|skar|skader?|skadede|skadet|cutter|ridser|ridset|braender|braendt|straffer) (?:i "
    r"|paa )?sig(?: selv)",
    r"(?:cuts|cutting|hurts|hurting|harms|harming|burns|burning) (?:her|him|them)sel(?:f|ves)",
    r"(?:skaaret|skadet|cuttet|cut|braendt) (?:<mig> |myself )?(?:selv )?(?:i|de sidste|siden|in"
    r"|for) (?:\w+ ){1,2}?(?:dage?|uger?|mdr|maaneder?|aar|days?|weeks?|months?|years?)",
    r"(?:want|wanna|urge|urges|need|craving|lyst|trang|trangen) (?:\w+ )?(?:to|til|til at|for at) (?:cut|skaere|cutte"
    r"|ridse|self ?harm|selvskade|skade <mig>|hurt <myself>)(?: \.|$| igen| again| <mig>| my(?: wrists?| arms?|self))",
    r"(?:haelder?|haeldte|holder?|holdt) (?:\w+ ){0,3}?(?:kogende|varmt|brandvarmt|lighter\w*|ild|boiling|hot"
    r"|flame) (?:\w+ ){0,3}?(?:paa|over|mod|hen til|on|over|to) (?:mine?|mit|my) (?:\w+ )?(?:haand|haender|<limb>"
    r"|hands?|skin)",
    r"(?:faldet i|faldt i|tilbagefald|relaps\w*|roeget i) (?:\w+ ){0,4}?(?:skaaret|skar|cut\w*|selvskade\w*|igen \."
    r"|skaere)|(?:har|jeg|og|i) (?:lige |just )?(?:skaaret|cuttet|cut)(?: igen)?(?: \.|$)",
    r"(?:scratch\w*|kradse\w*|ridse\w*|bit|bite|biting|bidt|bider?|rev|river|pil\w*) (?:<mig> |myself )?(?:<selv> "
    r"|i )?(?:(?:my|min|mit|mine) (?:\w+ )?(?:<limb>|hands?|haand\w*|haender\w*|skin) )?(?:\w+ ){0,2}?(?:bled"
    r"|bleed\w*|bloed\w*|blods|blood|blod)\b",
    r"(?:kaste op|kaster op|throw up|throwing up|purge|purging|sulte|starve|starving) (?:\w+ ){0,4}?(?:med vilje"
    r"|on purpose|hader min krop|hate my body)|sulter? (?:\w+ )?<mig>",
    r"<limb> (?:\w+ ){0,4}?(?:fulde? af|med) (?:\w+ )?(?:snit|ar|saar|maerker|cuts|scars)\b|full of (?:cuts|scars)"
    r"|slaaet <mig> <selv>",
    r"(?:punch\w*|hit\w*|slaar|slog) (?:\w+ )?(?:walls?|the wall|vaegge\w*) (?:\w+ ){0,4}?(?:bleed\w*|bled|bloed\w*"
    r"|blod|hands?|haand\w*)",
    r"for at (?:straffe <mig>|maerke (?:smerten|noget|at jeg lever))|to (?:punish myself|feel (?:something|the pain))",
    r"(?:saet|seddel|glasskaar|kniven?|noeglen?|sakse?n?|passer\w*|glas|scissors|blade) (?:\w+ ){0,3}?(?:ind i|ned i"
    r"|i|mod|into|against) (?:min|mit|mine|my) (?:\w+ )?(?:<limb>|haand\w*|hud|skin)",
    r"barberblad\w*|razor ?blades?|snitmaerker|skaeremaerker",
    r"(?:slaar|slaa|banker|bank|banke|hamrer|dunker|dunkede|smadrer|smadrede|slog|bankede) (?:mit |min "
    r"|mine )?(?:hovedet|hoved|haanden|haand|knytnaeven|naeven) (?:ind )?(?:i|mod) (?:en |et )?(?:vaeg\w*|mur\w*"
    r"|doer\w*)|bang(?:ing)? my head",
    r"(?:skader|skaaret|skaerer|skadet|braendt|ridset) <mig> (?:i nat|i gaar|med vilje|hver|naar|med en|dagligt|paa "
    r"benene)|sulter <mig>|on purpose to hurt",
    r"(?:arme?|ben|laar|haandled) (?:\w+ )?bloeder|(?:arms?|legs?|wrists?) (?:are |is )?bleeding",
    r"(?:trang|lyst) til at (?:skade|skaere|braende|slaa|straffe|ridse|cutte)(?: i)? <mig>",
)

DANGER: Final[tuple[str, ...]] = (
    r"(?:er|foeler mig|er jeg|vi er) (?:\w+ )?i (?:livs)?fare\b",
    r"(?:im|i am|we are|were|feel) in (?:\w+ )?danger",
    r"(?:not|dont feel|never feel|isnt|unsafe) (?:\w+ )?safe\b(?! to (?:say|assume))|feel unsafe",
    r"<ikke> (?:\w+ ){0,2}(?:tryg|sikker|i sikkerhed) (?:hjemme|derhjemme|her|hos|i mit hjem)|<ikke> i sikkerhed",
    r"(?:toer|tor) <F><ikke> (?:at )?(?:\w+ )?(?:gaa|vaere|tage|komme|sove|blive) (?:\w+ )?(?:hjem|hjemme"
    r"|derhjemme)\b",
    r"(?:scared|afraid) (?:to go|of going|to be) home",
    r"bange for (?:at gaa hjem|at vaere hjemme|min (?:far|kaereste|stedfar|mor|eks|ekskaereste|bror|familie|mand))\b",
    r"(?:scared|afraid) of my (?:dad|father|stepdad|boyfriend|girlfriend|ex|mom|mum|mother|brother|family|husband)",
    r"(?:foelger|foelge|fulgte|er|kommer|loeber) (?:lige )?efter <mig>",
    r"(?:forfoelger|stalker|jagter|overvaager) <mig>",
    r"(?:following|chasing|stalking|after) me(?: \.|$| home| right| with| and)",
    r"(?:kniv|pistol|machete|skydevaaben|oekse) (?:\w+ ){0,3}(?:uden ?for|mod <mig>|paa <mig>|efter <mig>|til min "
    r"hals)",
    r"<third> (?:\w+ ){0,6}(?:kniv|pistol|machete|skydevaaben)\b(?! og gaffel)",
    r"(?:he|she|they|someone|somebody) (?:\w+ ){0,4}(?:knife|gun)\b",
    r"laast (?:\w+ )?inde|holdt? (?:mig )?fanget|lader <mig> <ikke> (?:gaa|komme ud)|wont let me (?:leave|go|out)"
    r"|locked me in",
    r"forbloeder|bloeder (?:\w+ )?(?:meget|kraftigt|helt vildt)|bleeding (?:a lot|out|badly)",
    r"(?:ring|ringe|ringer) (?:\w+ )?(?:112|911)|ring efter (?:en ambulance|politiet|ambulance)|call (?:112|911|the "
    r"police|an ambulance)",
    r"ved at doe\b",
    r"(?:er|blev|bliver|blevet|lige) (?:\w+ )?(?:smidt|kylet|kastet|sat) (?:ud|paa gaden)(?: hjemmefra| af min"
    r"| af mor| af far| i nat| i aften| og| paa| \.|$)|(?:kicked|threw|thrown) (?:me )?out(?: of (?:the|my) (?:house"
    r"|home|flat|place)| tonight| and| \.|$)",
    r"(?:bil|mand|maend|fyre?|drenge|nogen|car|man|guys?) (?:\w+ ){0,3}?(?:udenfor|uden for|nede foran|foran doeren"
    r"|outside) (?:\w+ ){0,5}?(?:venter|igen|kigger|stirrer|hele natten|waiting|again|watching)",
    r"(?:ser|hoerer|see|seeing|hear|hearing) (?:ting|folk|noget|nogen|stemmer|things|people"
    r"|voices) (?:\w+ ){0,3}?(?:<ikke> (?:er|findes)|<ikke>|arent|isnt|not there|real)",
    r"(?:vaagen|sovet|awake|slept) (?:\w+ ){0,2}?(?:i|for|in) (?:\w+ ){0,2}?(?:doegn|dage|naetter|days"
    r"|nights)(?: \w+){0,3}? (?:ser|hoerer|stemmer|see|hear|paranoid)",
    r"(?:traekker?|faar|faa|fik) (?:\w+ ){0,2}?<ikke> (?:\w+ ){0,2}?(?:vejret|luft)|(?:isnt|not|stopped|hardly"
    r"|barely) breathing",
    r"(?:kan <ikke> (?:faa|vaekke) (?:liv i )?(?:ham|hende|dem|min \w+)|(?:vaagner|reagerer|svarer) <ikke> (?:paa"
    r"|naar|mere \.)|wont wake up|not waking up|cant wake (?:him|her))",
    r"(?:hamrer?|hamrede|banker|sparker|sparkede|raaber|kaster sten|banging|kicking"
    r"|pounding) (?:\w+ ){0,3}?(?:min doer|doeren|paa doer\w*|vinduet|my door|the door|my window)",
    r"(?:kommer|gaar|komme) (?:\w+ )?efter (?:min|mine|os|my) (?:\w+)?|(?:ellers|or|otherwise) (?:\w+ )?(?:kommer"
    r"|goer|slaar|skader|tager|smadrer|draeber|they|hell|he will|theyll) (?:\w+ ){0,3}?(?:de|han|hun|efter|hurt|kill"
    r"|come|find)",
    r"(?:vil have|tvinger|presser|truer|want|make|making|forcing) (?:<mig>|me) (?:\w+ )?(?:til at |til |to )(?:saelge"
    r"|stjaele|gemme|transportere|hente stoffer|sex|sell|steal|hide|carry)",
    r"(?:taget|tog|roeget|drukket|sniffet|took|taken|smoked|drank) (?:\w+ )?(?:for (?:meget|mange)|too (?:much"
    r"|many)) (?!tid|plads|ansvar|kaffe|sukker|time|space)\w+",
    r"(?:puttet|kom|kommet|haeldt|put|slipped) (?:\w+ )?(?:noget|stoffer|something) (?:\w+ )?(?:i|in) (?:min|mit"
    r"|my) (?:drink|glas|oel|glass|beer)",
    r"(?:stukket|stak|stikker|loebet|loeb|flygtet) (?:\w+ )?(?:af|hjemmefra)(?: hjemmefra)? (?:\w+ ){0,3}?(?:sover"
    r"|gemmer|opgang|gaden|ingen|tog|station)|sover? (?:\w+ )?(?:i en opgang|i en bil|i bilen|paa (?:en )?(?:station"
    r"|bank|baenk)\w*|under en bro|udenfor|i et telt|in (?:my|a) car)",
    r"bange (?:\w+ ){0,5}?(?:hjemme|derhjemme|i lejligheden|om natten) (?:\w+ ){0,2}?(?:fordi|hvis|naar"
    r"|for) (?:\w+ ){0,2}?(?:eks\w*|far|han|stedfar|bror|de|nogen)",
    r"(?:staar|holder|venter|sidder|standing|waiting) (?:\w+ ){0,7}?(?:uden for|udenfor|foran|nede ved"
    r"|outside) (?:min|mit|vores|my|our) (?:\w+ )?(?:opgang|doer|hus|lejlighed|vindue\w*|blok|port|gade|door|house"
    r"|flat|building|window)",
    r"(?:toer|tor) <F><ikke> (?:at )?(?:\w+ )?(?:sove|gaa ud|gaa udenfor|aabne doeren|lukke oejnene"
    r"|vaere i lejligheden|tage hjem)",
    r"(?:scared|afraid|too scared) to (?:sleep|leave|go out|open the door|close my eyes)",
    r"(?:har|has|got|fik|taget) (?:\w+ )?(?:a |en |min |my |ekstra )?(?:noegle\w*|key|keys)(?: \.|$| til min| til mig"
    r"| til lejl\w*| to my| and| og)",
    r"(?:keeps|bliver ved med at) (?:showing up|coming back|turning up|komme|dukke op|ringe paa|staa)"
    r"|dukker op (?:hos <mig>|ved min|hele tiden|igen og igen)",
    r"(?:nogen|please|vil du|vil i|kan du|kan i|can you|can someone|somebody) (?:\w+ ){0,2}?(?:ringe?|call|sende?"
    r"|send) (?:til |efter |for )?(?:politi\w*|112|en ambulance|ambulance|the police|an ambulance|police|911)",
    r"(?:ran|run|running|loebet|stukket|flygtet) (?:away|af|hjemmefra|fra)(?: hjemmefra"
    r"| home)? (?:\w+ ){0,4}?(?:nowhere|ingen steder|<ikke> noget sted|gaden|gemmer|sover)",
    r"(?:skylder|owe) (?:\w+ ){0,5}?(?:efter <mig>|truer|tonight|after me|finder mig|smadrer|braekker|i aften|i nat)",
    r"(?:gemmer|laast|sidder|hiding|locked) (?:<mig> |myself |indelaast )?(?:\w+ )?(?:inde |in )?(?:paa|i"
    r"|in) (?:\w+ )?(?:badevaerelset|toilettet|skabet|kaelderen|vaerelset|bathroom|closet) (?:\w+ ){0,4}?(?:han|hun"
    r"|de|ham|banker|sparker|raaber|he|she|they|from)",
    r"overdosis\b",
    r"<jeg> kan (?:bare |virkelig |fandme |simpelthen |altsaa |slet |snart |sgu )*<ikke> (?:klare (?:det |mere |det "
    r"hele )?|holde (?:det|livet|til det) (?:ud )?)?<mere>?(?: \.|$| nu| af det her)",
    r"<jeg> (?:orker|magter|klarer|gider) <F><ikke> (?:noget |det )?<mere>(?: \.|$)",
    r"holder (?:det )?<F><ikke> (?:det )?(?:til )?(?:ud|mere)(?: <mere>)?(?: \.|$)",
    r"(?:cant|cannot|can not) <F>(?:go on|take (?:it|this)|do (?:this|it)|cope|keep going)(?: any ?more| any "
    r"longer)(?: \.|$)|i cant go on\b",
    r"(?:ingen|<ikke> (?:noget|et|nogen)) sted(?:er)? at (?:sove|vaere|bo|overnatte)(?: i (?:nat|aften))|sove?r? paa "
    r"gaden|nowhere to (?:sleep|go tonight|stay tonight)|sleeping (?:on the street|rough|outside)",
    r"<third> (?:\w+ ){0,4}?(?:udenfor|uden for|foran min doer|foran doeren|foran huset|nede foran|ved min doer"
    r"|banker paa doeren|outside my)\b",
    r"(?:bryder|bryde|broed|brudt) ind (?:hos|i min)|(?:broke|breaking|break) into my|gemmer <mig>(?: for| \.|$| paa"
    r"| i)|hiding from",
    r"bange for (?:ham|hende|dem|at (?:han|hun|de)|hvad (?:han|hun|de))\b|(?:scared|afraid|terrified) of (?:him|her"
    r"|them|what he|what she)\b",
    r"<ikke> traekke vejret|cant breathe|bevidstloes\w*|unconscious|hjertestop|besvimet|(?:noget i (?:min )?drink"
    r"|drugged|spiked)",
    r"(?:please|pls) help me(?: \.|$| now)|hjaelp <mig>(?: nu)?(?: \.|$)|(?:smidt|smed <mig>|kicked|thrown) (?:me "
    r")?(?:ud|out) (?:hjemmefra|paa gaden|i nat|i aften|tonight|on the street)",
    r"(?:brug for|tilkald|send) (?:politi\w*|en ambulance|ambulance)|i need (?:the police|an ambulance)",
    r"(?:stoffer|piller|coke|kokain|mdma|ketamin|heroin|drugs|pills) (?:\w+ ){0,5}?(?:daarlig\w*|vaagne|kaster op"
    r"|bevidst\w*|hjertebanken|pass(?:ed|ing) out|collaps\w*)|(?:daarlig\w*|bange|sick) (?:\w+ ){0,4}(?:stoffer"
    r"|drugs)",
    r"(?:bor|ligger|er) paa gaden\b|(?:no place|nowhere|no where) to (?:sleep|stay|go)(?: tonight| \.|$)|homeless "
    r"tonight|hjemloes (?:i nat|i aften|nu|fra)|<ikke> (?:\w+ ){0,3}?(?:sted at sove|tag over hovedet)",
    r"need help (?:now|right now|asap|immediately|tonight)|(?:brug for|faa) hjaelp (?:nu|lige nu|med det samme|i "
    r"nat)(?: \.|$)|(?:going to|gonna|will|ill) find me|(?:finder|finde) <mig>(?: \.|$| og)",
    r"hoerer stemmer|hearing voices|stemmer(?:ne)? (?:siger|i mit hoved|i hovedet)|<jeg> giver op(?: \.|$)|i give "
    r"up(?: \.|$)",
)

VIOLENCE: Final[tuple[str, ...]] = (
    r"<third> (?:\w+ ){0,3}?(?:<slaa>|banker?|bankede|banket|taever?|taevede|sparker?|sparkede|kvaeler?|kvalte"
    r"|overfaldt|overfalder|mishandler?|mishandlede|misbruger?"
    r"|misbrugte|taesker|gennembanker?|stikker|stak|truer?|truede|truet) <mig>\b",
    r"true(?:r|de|t)? (?:<mig> )?(?:med|paa livet)",
    r"<jeg> (?:er|bliver|blev|har vaeret|er lige|var) (?:\w+ ){0,2}?(?:slaaet|sparket|banket|taevet|gennembanket"
    r"|truet|overfaldet|mishandlet|misbrugt|kvalt|stukket ned|tvunget til sex)\b",
    r"(?:slaar|slaa|slog|slaaet) <mig> <ihjel>",
    r"voldtaeg\w*|voldtag\w*|voldtog\w*|raped?|raping|rapist",
    r"sexually (?:assault\w*|abus\w*)|seksuel\w* (?:misbrug\w*|overgreb\w*)|overgreb\w*|molest\w*",
    r"vold i hjemmet|hjemlig vold|partnervold|aeresdrab|tvangs ?aegteskab\w*|tvangs ?gift\w*|domestic violence"
    r"|forced marriage|gifte mig mod min vilje",
    r"<slaa> <who> <ihjel>|(?:draebe?r?|myrde?r?|kvaele?r?) <who>|(?:stikke?r?|stak|skyde?r?) <who>(?: ned)?",
    r"<jeg> (?:<vil>) <F>(?:smadre|banke|slaa|taeve|skade|goere skade paa) <who>",
    r"(?:<third>|vil|will|going to|gonna) (?:\w+ ){0,3}?(?:draebe|myrde|kill|murder|stab|shoot|strangle) (?:<mig>"
    r"|me)\b",
    r"(?:going to|gonna|want to|wanna|will|ill|could|might) <F>(?:kill|stab|shoot|hurt|murder|strangle|beat) <whom>\b",
    r"(?:he|she|they|my \w+|someone|somebody) (?:\w+ ){0,3}?(?:hits?|hitting|beats?|beating|punch(?:ed|es)?"
    r"|kick(?:ed|s)?|chok(?:ed|es)|strangl\w*|abus(?:es|ed)|attack(?:ed|s)|threaten(?:s|ed)|rap(?:ed|es)"
    r"|hurts|assaulted|slap(?:s|ped)) me\b(?! (?:up|at|to|with))",
    r"i (?:was|got|get|am|im|have been|keep getting|been) (?:being |getting )?(?:beaten(?: up)?|attacked|assaulted"
    r"|stabbed|abused|threatened|strangled)\b",
    r"(?:faar|fik|faaet|faa) (?:\w+ )?(?:taesk|kloe|bank|stryg|hug|en flad|flade|en lussing|lussinger)\b",
    r"(?:slog|slaar|slaaet|ramte|rammer|hit) (?:<mig>|me) (?:\w+ )?(?:med|i ansigtet|i hovedet|i maven|foran|saa"
    r"|flere|igen|gang|hver|with a|in the|so|again|every)(?! (?:det|den|tanken|at))",
    r"(?:laaste|lukkede|laaser|smed|locked) (?:<mig>|me) (?:ude|inde|ud|out|in)\b",
    r"(?:holdt|holdte|holder|held|pinned) (?:<mig> |me )?(?:fast|nede|down)\b|(?:ville|vil|wouldnt"
    r"|didnt) (?:<ikke> )?(?:stoppe|stop)(?: selvom| \.|$| when| even)",
    r"(?:taeve|smadre|banke|slaa|stikke|skyde) <who>(?: \.|$| saa| til| ned| ihjel| hvis| naeste)",
    r"(?:skubbede|skubber|skubbet|pushed|shoved|threw) (?:<mig>|me) (?:\w+ )?(?:ned|ind|ud|mod|op|down|into|against)",
    r"(?:smadrer|taever|draeber|slaar|skader|stikker) <mig> (?:hvis|naar|ihjel)",
    r"(?:uncle|dad|father|brother|stepdad|teacher|man|guy) (?:\w+ ){0,2}?(?:touch\w*|grop\w*|molest\w*) me",
    r"(?:knytnaeve\w*|slag|spark|albue|flad haand|punch|kick) (?:\w+ )?(?:i|mod|paa|in|to) (?:ansigtet|hovedet|maven"
    r"|kinden|nakken|the (?:face|head|stomach)) (?:\w+ )?(?:af|fra|by|from)",
    r"(?:sparkede|sparket|bankede|taevede|smadrede|gennembankede|mishandlede|kvalte|overfaldt|flaaede"
    r"|rev) <mig>\b(?! ud| op| med ind)",
    r"<third> (?:\w+ ){0,2}?(?:kaster?|kastede|smider|smed|kyler|kylede) (?:\w+ ){1,3}?(?:efter|paa"
    r"|i hovedet paa) <mig>",
    r"<third> (?:\w+ ){0,3}?(?:hev|hiver|trak|traekker|flaar|river|slaeber|slaebte|greb|griber|tog fat|tager fat"
    r"|holdt|holder|presser|pressede|smadrede|smadrer) (?:\w+ ){0,2}?(?:<mig>|mit haar|i mit haar|min hals"
    r"|om min hals|i haaret|mig ned|mig op ad)(?! (?:paa besoeg|med i|ud i|op hvis|til (?:at|en)))",
    r"(?:hands?|arm|haender(?:ne)?|haand\w*) (?:\w+ )?(?:around|round|on|om|rundt om) (?:my|min|mit) <body>"
    r"|by the (?:throat|hair)|(?:my|me by the) (?:throat|neck) (?:\w+ )?(?:and|until|so)",
    r"(?:giftes|gifte <mig>|gift med|marry|married) (?:\w+ ){0,7}?(?:<jeg> vil <ikke>|vil <jeg> <ikke>|<ikke> vil|mod"
    r"|tvinger|dont want|against|forcing)|(?:tvinge[rst]?|forced|forcing|forces) (?:\w+ ){0,4}?(?:giftes|gifte|marry"
    r"|sex|rejse til|have sex)",
    r"(?:roerer|roerte|roert|tager|tog|taget|befamler|befamlede|touches|touched|touching|groped) (?:ved )?(?:<mig>"
    r"|me) (?:\w+ ){0,2}?(?:naar|selvom|paa bryst\w*|paa roev\w*|i skridtet|mellem|when|even|under|without)",
    r"(?:kontrollerer|styrer|bestemmer over|controls|isolates) (?:<mig>|alt hvad jeg|me\b|everything i)"
    r"|maa <ikke> (?:gaa ud|se mine venner|have telefon) for (?:ham|hende|min)",
    r"(?:deler|delt|laegger|lagt|sender|sendt|poste\w*|share\w*|leak\w*) (?:\w+ ){0,3}?(?:noegen\w*|nudes?"
    r"|billeder af <mig>|sexvideo\w*)",
    r"(?:blaat oeje|blaa maerker|braekkede? (?:min|mit)|black eye|bruises) (?:\w+ ){0,4}?(?:han|ham|far|kaereste\w*"
    r"|eks|he|him|my dad|boyfriend|igen)",
    r"vold|volden|voldelig\w*|kvaelertag|taesket|gennembanket|trusler",
    r"<third> (?:\w+ ){0,2}?(?:slaar|slog|banker|bankede|sparker|sparkede|taever|mishandler|truer|truede) (?:os"
    r"|boernene|hende|ham|dem|min \w+|mine \w+)\b",
    r"<third> (?:\w+ ){0,3}?(?:tvinger|tvang|tvunget|afpresser|afpressede|afpresset|skubber|skubbede|roerte ved"
    r"|roerer ved|roert ved|udnytter|udnyttede) <mig>",
    r"(?:he|she|they|my \w+|someone|somebody) (?:\w+ ){0,3}?(?:touched|forced|forces|forcing|pushed|pushes|grabbed"
    r"|grabs|pinned|blackmail\w*|threw (?:\w+ ){1,3}at) me\b",
    r"(?:trues|slaas) (?:af|derhjemme|hver)|gaar amok paa <mig>|violent (?:with|to|towards|against) me|(?:is|gets"
    r"|got|was|being) (?:really |so )?(?:violent|abusive)",
    r"(?:he|she|they|my \w+|someone|somebody) (?:\w+ ){0,3}?(?:threatening|hurting|attacking|beating|hitting|abusing"
    r"|raping|punching|choking) me\b",
    r"(?:selvom|selv om|even though|when|after) (?:jeg|i) (?:siger|sagde|say|said) (?:nej|no)\b|mod min vilje"
    r"|against my will|(?:saelger?|solgt) (?:<mig> <selv>|sex)",
)
