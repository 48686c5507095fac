"""What words may mean, for the rules of `crisis_rules`: Danish and English together, in folded spelling.

``hopp~`` is a Danish verb with its endings, ``jump^`` an English one, ``bro=`` a noun; ``pille*`` is a beginning,
``*piller`` an end, ``i_nat`` two words. A word may have many senses: a rule asks for several that stand together.
"""

from __future__ import annotations

from typing import Final

SENSES: Final[dict[str, str]] = {
    # Who
    "ME": "jeg jej jei jg jaeg mig mej maj mg min mit mine im ive id ill me my myself mysel meself",
    "SELF": "mig_selv mig_sel mej_selv mig_self migselv myself my_self mysel",
    "OTHER": """
        hes shes theyre theyll han hun hen de dem ham hende he she they him her them kaereste= far faren mor moren bror broren *bror *soester broedre soestre brothers sisters plejefar
        soester soesteren stedfar stedmor onkel faetter kusine kusinen foraeldre foraeldrene familie familien eks eksen
        ekskaereste* exkaereste* ex exen ven vennen venner veninde= roommate* bofaelle* nabo naboen nogen fyr fyre fyren
        mand manden maend drenge drengene pige pigen dad father mom mum mother brother sister stepdad stepfather stepmom
        boyfriend girlfriend bf gf husband wife uncle cousin cousins parents family friend friends bestie someone
        somebody guy guys dude man min_mor min_far mormor farmor bedstefar laerer paedagog barn boern""",
    "HE": """
        hes shes theyre theyll han hun he she kaeresten kaereste far faren stedfar stedmor mor onkel eks eksen ekskaereste* ex bror storebror
        boyfriend girlfriend bf gf husband dad father stepdad stepfather uncle brother brothers broedre cousin plejefar plejemor fyren manden naboen guy man
        de they foraeldre parents drengene""",
    "EX": "eks eksen ekskaereste* exkaereste* ex exen stalker* han he de they fyr fyre fyren mand manden maend guy guys",
    "KIN": """
        mor far foraeldre foraeldrene soeskende broedre brothers bror soester lillebror lillesoester storebror storesoester familie
        familien mom mum dad parents family brother sister siblings venner friends alle kaereste veninde bedste_ven""",
    "PEOPLE": """
        alle andre dem jer familie familien verden everyone everybody people others them world you mor far foraeldre mine
        venner family friends mom dad parents folk""",
    "NOBODY": "ingen ik_nogen ikke_nogen nobody noone no_one hvem who anyone anybody",
    "PET": "hund= kat= kanin= hamster* marsvin* dog cat pet puppy rabbit kaeledyr* hest=",
    "STUFF": """
        ting tingene sager toej guitar* konsol* playstation* ps5 smykker smykke bil computer* stuff things clothes
        belongings cykel halskaede* ring ure samling* vinyl* plade* sneakers jakke* boeger hoodie* alt everything
        penge opsparing* savings money hund= kat= kanin= hamster* dog cat""",
    # No, and will
    "NOT": """
        ikke ikk ik ike ikek ikkr icke ikje itj itt aldrig ingen intet ingenting hverken dont do_not didnt did_not doesnt
        never not no nope cant cannot wont wouldnt isnt aint couldnt havent hasnt nothing without uden neppe naeppe""",
    "WANT": """
        gad vil vill ville vile ku kunne oensk~ gid droemm~ laeng~ haab~ lyst overvej~ hellere foretraekk~ wanna want^ wish^
        hop^ hope hopes hoping ready klar rather prefer^ craving crave trang fristende tempting dream^ beslutt~ gonna
        going skal need sku skulle skulde burde try trying proever proevet""",
    "LONG": """
        oensk~ gad gid droemm~ laeng~ haab~ lyst overvej~ hellere wanna want^ wish^ hope hopes hoping ready klar rather prefer^
        craving trang fristende dream^ taenk~ taenkt tanke tanker tankerne thinking think thoughts thought fantaser~
        imagine imagining planlaeg* planning""",
    "THINK": """
        taenk~ taenkt tanke tanker tankerne thinking think thinks thoughts thought fantaser~ imagin^ overvej~ planlaeg*
        planlag* plan planning plans plan= forestill~ ideation obsess* kredser""",
    "CAN": """
        kan ku kunne gider gidder gir gad orker orke magter magte klarer klare evner evne holder holde kraefter overskud
        overskuer overskue can could cant cannot able bother styrke energi energy strength""",
    "MERE": "mere mer laengere laenger laengre anymore any_more no_more more longer much_longer",
    "THEN": """
        og men jeg vil nu hjaelp er har det der saa bare please i_nat i_aften for alt alting hvad fordi hej undskyld
        sorry ville and but im so help everything too de ingen nogen hvis altsaa lige haaber lav bor mig farvel""",
    "IF": "hvis naar vis if when once",
    "WOULD": "ville vil skulle kunne would will d could ku might",
    "DARE": "tur turde toer tor toerde tort dare dared nerve mod modet courage guts nosser nosset chickened feg bakkede",
    "DECIDE": "besluttet bestemt beslutning beslutte decided decision valgt made_up_my_mind fastlagt",
    "ALONE": "alene alone ensom",
    # Being, and not
    "EXIST": """
        leve lever levede eksister~ findes fandtes live living alive exist^ existing vaere_til vaer_til var_til vaere_her
        var_her i_live be_here being_here be_around being_around around vaere_mere vejret breath^ breathe breathing
        vaere_med_mere was_here were_here vaere_i_verden""",
    "BE": "leve lever eksister~ living existing exist alive vejret breathing breathe vaere_til vaere_mig being_me",
    "DIE": "doe doee doeer doer doedes doeden doed die dying dies death omkomme do_e dead",
    "DEAD": "doed doede doee dead",
    "WAKE": "vaagn~ vaagned vaagnet waagner wake wakes waking woke staa_op stod_op get_up",
    "SLEEP": "sove sover sov sovet soevn sleep sleeping sleeps asleep sovne slumre",
    "VANISH": """
        forsvind~ forsvandt forsvundet disappear^ vanish^ blive_vaek blev_vaek vaere_vaek var_vaek vaek_bare gone borte
        oploes~ oploese_mig erased fade_away ceas^ cease""",
    "FOREVER": """
        for_altid for_evigt for_evig altid_vaek evigt evig forever for_good permanent* endegyldigt once_and_for_all
        en_gang_for_alle for_aye for_eternity""",
    "BETTER": """
        bedre nemmere nemmest lettere lettest gladere lykkeligere lettet lettede lettelse roligere better easier easiest
        happier lighter relief relieved slippe slipper slap bedst best fri gavn favor favour tjeneste""",
    "MISS": "savn~ missed miss misses notice notices noticed opdag~ graed~ graeder cry cares sorge~ soerg~ mourn^ begravelse",
    "BURDEN": """
        byrde= belastning besvaer burden dead_weight spild_af waste_of liability klods_om i_vejen in_the_way til_last
        taerer_paa draenet_alle problem_for""",
    "HURTALL": "oedelaegg~ oedelagt ruin^ skuff~ disappoint^ failure fiasko",
    "END": "slut slutte slutter forbi end ending ends ended over finish ovre faerdigt afslutt~",
    "STOP": "stop stoppe stopper stoppede holder_op holde_op stops stopping slut slutte slukke slukkes turn_off switch_off",
    "PAIN": "smerte= ondt pain hurt hurting hurts lidelse= suffering toemhed* numb numbness moerke moerket",
    "ALLOFIT": "det_hele alt alting livet lortet everything it_all all_of_it life mit_liv my_life verden",
    "TIRED": "traet traed tired exhausted udmattet udbraendt sick_of done_with faerdig_med done orker_ikke fed_up",
    "STRUGGLE": """
        kaemp~ kaempet fight^ fighting trying try_anymore proeve vaagne_op waking leve living life livet existing alt
        everything being_alive mig_selv myself vaere_mig being_me vaere_her being_here eksister~""",
    "HOPELESS": "haabloes* hopeless meningsloes* pointless meaningless ligegyldig* ligemeget nytteloes* worthless vaerdiloes*",
    "WORSE": "moerk~ moerke dark intrusive vaerre worse tilbage back igen again staerkere stronger loud louder hoejere vinder winning",
    "THOUGHTS": "tanker tankerne thoughts the_thoughts mine_tanker",
    # Farewell
    "BYE": """
        farvel farveller goodbye goodbyes good_bye bye byebye afsked paa_gensyn hejhej sige_farvel naeste_liv next_life another_life
        anden_side other_side other_life i_himlen in_heaven himlen heaven den_anden_side regnbuen ses_aldrig""",
    "NEXTLIFE": """
        naeste_liv et_andet_liv next_life another_life anden_side other_side i_himlen in_heaven up_there deroppe""",
    "SEEYOU": "ses vi_ses see_you see_u cya moedes meet gensyn sammen with til until hos join",
    "SORRY": "undskyld sorry tilgiv tilgiver forgive ked_af_det unskyld beklager apologi*",
    "LOVE": "elsker love loves elskede",
    "LAST": "sidste last final final_ sdste endelig_",
    "THANKS": "tak thanks thank thx tusind_tak",
    "REMEMBER": "husk huske remember glem forget minder",
    "BLAME": "skyld skylden fault blame bebrejd~",
    "LETTER": "brev breve brevet brevene letter letters note notes afskedsbesked* notebook videohilsen*",
    "WRITE": "skrevet skrev skriver skrive wrote written write writing lagt left leaving optaget recorded efterlad* gemt lavet",
    "KNOW": "ved vide forstaa forstaar know understand sig_til fortael fortaelle tell laese laeser read finder finde find",
    "GIVE": "give giver gav givet giv giving gave given give_away gives foraer~ foraerede doner~ dele_ud delt_ud handed solgt sold overdrag~ overdraget",
    "UNNEED": "brug bruge need needed faar_brug noedvendig* nytte",
    "HEIR": "have faa passe tage_sig overtage arve tager_sig take_care take_over have_min look_after",
    "AFTERME": "efter_mig bagefter naar_jeg hvis_jeg after_me when_im if_im vaek gone ikke_er_her",
    # Means
    "PILLS": """
        pille= piller *piller *pillerne *pille panodil* ipren* pamol* paracetamol* tablet* *tabletter medicin medicinen
        sovemedicin* pill pills tylenol meds medication painkiller* ibuprofen* morfin* tramadol* oxy* benzo* xanax* rivotril
        stesolid* insulin* antidepress* sleeping_pills melatonin* kodein* blisterpakke* pilleglas* fentanyl* quetiapin* seroquel*""",
    "HOARD": "gemt gemmer gemme samlet samler samle sparet sparer stash* hoard* saving saved collecting collected hamstr* lagret",
    "TAKEN": """
        taget tog tage tager ta took take taken taking slugt sluge sluger slugte swallow^ spist aedt indtaget droppet popped
        popper bundet down downed""",
    "TOOK": "taget tog tar took taken slugt slugte swallowed spist indtaget roeget sniffet drukket drak popped drank smoked injected skudt",
    "MANY": """
        mange masse hele alle alt many all bunch whole full bottle glas pakke pakken pakker haandfuld handful flere
        alt_for_mange toemt emptied blisterpakke* blister ten twenty thirty forty fifty ti tyve tredive fyrre too_many
        too_much for_mange for_meget dobbelt""",
    "HOWMANY": "hvor_mange hvor_meget how_many how_much hvilke which dosis dose hvad nok enough",
    "LETHAL": """
        doe doer doed doeden die dying kill killed draeber draebe doedelig* doedbringende lethal fatal overdosis overdose
        vaagner vaagne wake ikke_vaagner sove_ind hjertet_stopper for_altid skal_der_til der_skal_til enough_to nok_til
        farligt_nok overlever overleve survive""",
    "DRUG": """
        piller *piller pille stoffer stof noget something mdma emma coke kokain cocaine ghb fantasy ketamin* ketamine lsd
        svampe shrooms acid syre speed amfetamin* heroin xanax pills drugs pill ecstasy hash joint weed edible benzo*
        rivotril tramadol* panodil* alkohol sprut vodka medicin""",
    "POISON": "klorin bleach afloebsrens* gift poison frostvaeske antifreeze rottegift sprinklervaeske batterisyre kulilte carbon_monoxide",
    "SYMPTOM": """
        doesig svimmel dizzy sloeret bevidstloes* bevidsthed* besvim~ besvimet faint^ numb ryster shaking kramper
        hjertebanken hjerte hjertet heart ser_dobbelt blaa_laeber passing_out collaps* kaster_op kaste_op throwing_up
        cant_feel kan_ik_maerke kan_ikke_maerke kan_ikke_staa sluge_vejret kan_ikke_staa cant_stand cant_breathe cant_move
        bange scared freaking panik hallucin* vaek_i falder_hen drowsy sleepy groggy slur* blackout blacker mave brystet
        ikke_vejret sort_for falde_i_soevn_ kold_sved weird maerkelig underlig""",
    "JUMP": "hopp~ spring~ sprang sprunget jump^ leap^ kast~ kaste_mig falde fall let_go give_slip slippe step_off skridtet springe laene_mig laener_mig",
    "STAND": """
        staa staar stod staaet sidder sad siddet siddende stand standing stood sit sitting sat kravl~ climb^ gik gaar
        gaaet walked went er_paa er_oppe oppe oppe_paa up_on""",
    "HEIGHT": """
        bro broen *bro *broen bridge tag taget tagterrasse* roof rooftop altan altanen balcony balkon* tagkanten kanten edge
        ledge etage sal klippe* cliff hoejhus* parkeringshus* silo* kran kranen tower taarn* raekvaerk* gelaender* railing
        vindue vinduet window overpass viadukt*""",
    "EDGE": """
        broen *broen bridge taget roof rooftop tagkanten kanten edge ledge perron* platform skinner skinnerne *skinnerne tracks
        raekvaerk* gelaender* railing altanen balcony vindueskarm* viadukt* klippen cliff overpass hoejhus*""",
    "DOWN": "ned down nedad dybt drop dybden langt_ned gribe_mig",
    "DRIVE": "koer~ koert drive drives driving drove steer^ steering styr~ rattet wheel crash crashe crashing svinge swerv*",
    "CRASH": "galt trae traeet mur muren autovaern* modkoerende lastbil= broepille* bropille* tree wall truck traffic groeften modsat oncoming rabatten",
    "VEHICLE": "tog toget togene train trains metro metroen bus bussen bil bilen biler lastbil= car truck lorry traffic trafikken letbane* s-tog stog",
    "INFRONT": "foran under ind_foran in_front into ramt ramme hit paakoert koert_ned over_af run_over",
    "HITBY": "koert_ned koerte_ned koere_ned koerer_ned ramt ramme rammer ramte hit paakoert run_over kraeft cancer lyn sygdom ulykke accident",
    "ROPE": "reb rebet rope noose loekke= galge* strik strop snor ledning belt baelte ledningen kroge krog",
    "WATER": "vandet havet soeen aaen fjorden havnen sea ocean lake river harbor harbour kanalen boelgerne",
    "PURPOSE": "vilje med_vilje expres on_purpose purpose ligner_et_uheld uheld look_like_an_accident bevidst",
    "DOIT": "goer_det goere_det goer_jeg_det gjort_det do_it doing_it did_it gjorde_det tage_skridtet faa_det_gjort goer_de",
    "NIGHT": "i_nat inat tonight natten i_aften iaften her_i_nat i_weekenden snart_ tonite 2nite",
    "DAY": """
        i_nat inat i_aften i_morgen tonight tomorrow mandag tirsdag onsdag torsdag fredag loerdag soendag weekenden monday
        tuesday wednesday thursday friday saturday sunday jul christmas nytaar snart soon dato date uge week birthday
        foedselsdag sommer summer eksamen""",
    "LETME": "stop_me stoppe_mig call ring ringe redde save kalde prov_ dont_try forsoeg find finde lede",
    "MILESTONE": "foedselsdag* birthday jul juleaften christmas nytaar studentertid naeste_aar next_year old gammel voksen aeldre older NUM",
    "REACH": "blive bliver blev opleve oplever faa reach see make making live naa fylde fylder turn",
    "METHOD": "maade maader maaden way ways method* metode* hurtigst* nemmest* smertefri* painless quickest easiest fastest",
    "SEARCH": "googl* soegt soegte soeger search* slog_op slaaet_op looked_up looking_up laeser_om laest_om laeste researched reddit",
    "ATTEMPT": "forsoeg forsoeget forsoegte forsoegt attempt* proevede proevet tried",
    "WARD": "indlagt psyk psykiatrisk* hospital hospitalet overlevede survived ward sygehus* skadestuen er_ae udpumpet failed mislykkedes mislykket",
    "UNTRUST": "stoler_ikke stoler_ik stole_paa dont_trust cant_trust bange scared afraid tor_ikke",
    "SLANG": """
        unaliv* sewerslide selfdelete self_delete alt_f4 log_off_for_good logge_af_livet logge_ud_af_livet tjekke_ud_af_livet
        checke_ud_af_livet check_out_permanently commit_die toaster_bath stille_traeskoene aflive_mig aflives six_feet_under
        6_feet_under under_jorden i_kisten min_begravelse my_funeral catch_the_bus end_myself ende_mig_selv
        forlade_verden forlade_livet leave_this_world leave_this_earth leave_this_life off_myself yeet_myself sove_ind
        slukke_for_mig_selv slukke_lyset_for ending_myself pull_the_plug my_own_death min_egen_doed dodsdag doedsdag
        livet_af_mig gaa_i_doeden""",
    # Against oneself
    "CUT": "skaer skaere skaerer skaare skaarer skar skaaret cut cuts cutt~ cutting cutte cutter cuttede cuttet snitt~ rids~ ridset krads~ kradser scratch^ slice^ slicing prikk~ carv^ stab^ stikker_ skaerrer",
    "BURN": "braend~ braendt braendte burn^ burnt svid~ skold~ scald^ lighter* trykk~ trykket",
    "HIT": "slaa slaar slog slaaet sla slar bank~ banket dunk~ hamr~ hamrer smadr~ smadrer punch^ hit hits hitting smash^ bang^ taev~ taesk~ sparker sparke sparkede slag",
    "BITE": "bid~ bed_mig bide bit bite biting bidt pil~ pille_i rive river rev hive hiver pluk* pick^ picking pulling",
    "BODY": """
        arm= armen armene ben= bene benene laar= laaret laarene haandled* mave maven hud huden haand haanden haender hofte* ankel*
        fod knoe= knoen knoer knoerne ansigt* kind haar haaret negle neglebaand* skulder* thigh* wrist* arms leg legs skin hips
        hip stomach knuckles forearm* hand hands face hair ankles""",
    "WALL": "vaeg vaeggen mur muren wall walls doer doeren bordet door spejl spejlet mirror gulvet floor skab skabet bord doerkarm*",
    "RELIEF": """
        lettelse hjaelper hjalp helps help foele foeler maerke maerker noget_ ro rolig calm feel feeling daemper fred straf
        straffe fortjener deserve punish* kontrol control release pause stilhed numb smerten pain ondt ude_af""",
    "AGAIN": "igen again tilbage relaps* tilbagefald faldet_i back stadig still hver_gang hver_aften every_night daglig* hver_dag lately begyndt started startet",
    "SECRET": "ingen_ved hemmelig* skjul~ skjuler skjulte hide hides hiding gemm~ daekke daekker lange_aermer long_sleeves nobody_knows no_one_knows secret cover",
    "DEEP": "dybt dybere deep deeper for_dybt too_deep sy stitches syet bloed~ bloeder bled bleed^ blood blod blods haevet swollen blaa",
    "SCARS": "ar arrene arene snit snittene rifter saar saarene scar scars cuts wounds marks maerker maerkerne wound",
    "TOOL": """
        cigaret* smoeg smoeger* skod* lighter* strygejern* glattejern* saks saksen passer* naal naale naalen skalpel* hobbykniv*
        glasskaar skaar barber* blade blades razor* scissors cigarette* needle compass kniv kniven knife elastik* *kniv *kniven skaebe curling*""",
    "URGE": "trang trangen lyst lysten urge urges craving itching miss savner behov noedt_til",
    "VOMIT": "kaster_op kaste_op kastede_op kastet_op braekk~ throw_up throwing_up threw_up puke puking purg* fingrene_i_halsen fingeren_i_halsen afforingspiller affoeringspiller* laxativ*",
    "EAT": "spis~ spiser spist mad maden maaltid* eat eats eating ate food meals meal eaten",
    "KITCHEN": """
        loeg mad mad_ ovn ovnen komfur* pande panden gryde* te kaffe daase koekken* kitchen cooking cook oven stove braed steg
        gulerod* tomat* groent* onions bread shaving barbering barberede glas_ fisk fisken rejer sushi sol solen arbejde job
        fodbold haandbold traening gym uheld tatover* tattoo kat katten hund hunden haar_ frisoer* hair_short hair_cut""",
    "SICK": "influenza syg sick flu gravid pregnant fisk rejer sushi toemmermaend* hungover hangover buffet maveonde mavepine omgangssyge virus karantaene bus bussen koeresyg*",
    # Others against one
    "HARM": """
        slaa slaar slog slaaet sla bank~ banket taev~ taesk~ smadr~ smadrede spark~ sparket kvael~ kvalt kvalte overfald~
        overfaldt mishandl~ misbrug~ draeb~ draebt myrd~ stikk~ stak skyd~ skyde skub~ skubb~ skubbet riv~ rev true truer
        truede truet kick^ hit hits hitting beat beats beating punch^ chok^ choke chokes choking strangl* slap^ shov^ shove
        attack^ threaten^ assault^ hurt hurts hurting kill kills killed killing stab^ shoot abus* skad~ skade haevn~
        molest* grab^ grip greb hev hiver hive slaeb~ skalle gennembank* knust knus~ kneppe pisse oedelaegg~ ydmyg~ burn^
        braend~ kaste kastede kastet threw throws throwing""",
    "KILLV": """
        draeb~ draebt myrd~ stikk~ stak skyd~ kvael~ slaa_ihjel smadr~ taev~ bank~ kill kills killing stab^ shoot shooting
        murder^ strangl* gennembank* hurt skade skader braende_ned burn_down slaa slaar beat haevn~ haevn smash""",
    "WHO": """
        ham hende dem nogen jer dig him her them someone somebody you people far mor stedfar bror soester kaereste eks
        sagsbehandler raadgiver laerer chef paedagog alle naboen mom dad stepdad brother ex boss teacher caseworker neighbor
        kommunen skolen""",
    "GRAB": "laegger_haand lagt_haand lagde_haand loefte_haanden loeftet_haanden haanden_loes hand_on_me hands_on_me laid_hands hand_against fysisk_ovfor lays_a_hand loes_paa_mig amok_paa got_physical bliver_fysisk",
    "LOCK": "laas~ laast laaser laaste lock^ laas_ spaerr~ spaerret",
    "TRAP": "komme_ud komme_vaek gaa_ud leave get_out inde inside forlade noegle noeglen slippe_ud ude ud out go_out lader_mig let_me",
    "SEIZE": "tager taget tog tage takes took taken konfisker~ gemmer gemt hides knuste smadrede tjekker checks laeser kontroller~",
    "SEIZED": "telefon* mobil* pas passet passport noegle= noeglerne dankort* kort phone keys card id penge money loen su dokumenter beskeder sociale_medier konto",
    "CONTINUE": "blev_ved bliver_ved fortsatte fortsaetter stoppede_ikke stoppede_ik stopper_ikke ville_ikke_stoppe kept_going didnt_stop wouldnt_stop gjorde_det_alligevel alligevel anyway lyttede_ikke ignorerede",
    "NO": "nej no stop stoppe ville_ikke ville_ik didnt_want sagde_fra graed froes stivnede froze crying",
    "SEX": "sex samleje noegen undertoej trusser trusserne bukser bukserne bh seng sengen oven_paa_mig ovenpaa on_top_of_me inside_me kondom* condom naked clothes toejet roere roerte roerer knald~ kysse sutte blowjob",
    "PRESS": "press~ presset pressure^ pressur* tving~ tvang tvunget forc^ force made_me fik_mig_til noedt turde toer dare afpress* blackmail* extort* true truer truede manipul* overtal~ skyldig",
    "NUDES": "noegenbillede= *noegenbilleder nudes nude noegenbilleder sexvideo* video videoen billeder billederne pictures pics photos videos noegne",
    "SPREAD": "laegge laegger lagt dele deler delt sende sender sendt post^ leak^ share^ sharing spred~ spredt offentlig* snap send_ truer true afpress* blackmail* betale betaler pay",
    "MARRY": "gift gifte giftes gifter marry married marriage bryllup forlov* aegteskab* wedding",
    "ABROAD": """
        pakistan somalia irak iran syrien tyrkiet afghanistan marokko libanon jordan egypten bosnien kosovo indien yemen sudan
        hjemland* genopdragelse* ud_af_landet abroad back_home home_country iraq syria turkey morocco lebanon somaliland""",
    "SENDAWAY": "sende sender sendt send sending sent tage_mig tvinge tvinger flytte_mig tager_mig rejse forcing",
    "LURK": "venter vente ventede stod staar staa holder holdt waits waiting waited stands standing parked parkeret shows_up showing_up showed_up dukker_op dukkede_op kigger watching koerer_forbi drives_past lurer",
    "MYPLACE": """
        udenfor uden_for foran min_doer min_opgang opgangen mit_vindue outside my_building my_house my_work my_window my_door
        my_flat min_lejlighed mit_arbejde min_skole hjemme_hos derhjemme mit_hus nede_foran vinduet doeren work skole school""",
    "OFTEN": "hver_dag hele_tiden igen keeps bliver_ved constantly every every_day again stadig tredje uger dagevis weeks stopper_ikke",
    "THREAT": """
        tru~ truer truede truet truet_med threat* threaten^ trusler siger sagde said says skriver skrev wrote texts told
        lovede lover promised swore svaerger""",
    "FEAR": "bange angst raed toer_ikke toer_ik tor_ik tor_ikke scared afraid terrified frygter skraemt scares skraemmer utryg unsafe panik",
    "WEAPON": "kniv kniven pistol* gun knife vaaben machete* oekse bat knuckle* knojern skydevaaben* hammer koelle hamer balltrae* peberspray",
    "CARRY": "med_i_tasken i_tasken i_lommen paa_mig ved_mig in_my_bag in_my_pocket with_me on_me med_mig baerer carry^ gaar_med koebt bought under_puden",
    # Danger now
    "BLEED": "bloed~ bloeder bloedning* bloedt bleed^ blod blodet blood",
    "NONSTOP": "ved_med stopper_ikke stopper_ik ikke_stoppe ik_stoppe stopper wont_stop not_stopping overalt everywhere meget lot haandklaede* towel hvad_goer_jeg what_do_i helt_vildt kraftigt goer_jeg",
    "FOLLOW": "foelger_efter foelger_mig fulgte_efter fulgt_efter gaar_bag gaar_efter koerer_bag bag_mig behind_me follow^ following chasing jagter forfoelg~ tracker track^ efter_mig",
    "NOW": "nu lige_nu now right_now stadig still hjem home i_aften i_nat tonight",
    "VOICE": "stemme stemmen stemmer stemmerne voice voices djaevlen demon demons demoner satan han_i_hovedet",
    "COMMAND": "siger sige sagde fortaeller vil_have skal say says said tell tells telling told hvisk~ raab~ whisper^ scream^ beordrer want_me beder kalder command^ kommanderer",
    "DEED": "goere_det ondt skade skader draebe doe slaa hurt kill die myself mig_selv hoppe springe jump skaere cut skal must do_it slaa_ihjel andre should hoppet",
    "PARANOID": "overvaag~ overvaaget aflytt~ watching_me watch_me spion* spying forgift~ poisoning kameraer laese_mine hoere_mine konspir* efterretning* pet cia forfulgt kontroller~",
    "THROUGH": "gennem telefon* telefonen vaeggen vaeggene walls tv tvet ventilation* phone maden food hjernen brain tanker thoughts roegalarm* lampen spejlet stikkontakt* hovedet",
    "AWAKE": "sovet_i ikke_sovet ik_sovet vaagen slept awake sleep sovet",
    "DAYS": "dage doegn days nights naetter uge uger week",
    "UNREAL": "uvirkelig* unreal virkelig stemmer voices skygger shadows ser_ting seeing hoerer_ting hearing insekter tegn signs gud god mission* udvalgt chosen",
    "UNREACH": "svarer_ikke svarer_ik tager_den_ikke tager_ikke tager_ik not_answering wont_answer doesnt_answer isnt_answering telefon_slukket slukket kan_ikke_faa_fat ikke_set",
    # What adds up (`crisis_points`)
    "HELPLINE": "livslinje* helpline lifeline krisetelefon* akutmodtagelse* skadestue* 112 samaritan* headspace suicide_line ambulance* politi* police emergency",
    "AGGRO": """
        raaber raabte raabe skriger skreg vred rasende amok aggressiv* angry furious scream* shout* yell* smadr~ smash^ kyler smider
        eksplod~ truende vanvittig ballade skaenderi* temperament sparke sparker hamrer banker""",
    "DRUNK": "fuld drukket drunk high skaev stiv paavirket stoned pisfuld plastret",
    "SHAMED": "vanaer* aere skam skammen honour honor shame shameful udstoedt disown* luder sharmuta ludr* whore slut haram",
    "HATE": "hader hade hadede hate hates hated ulaekker afskyr foragter vaemmes disgust* klam grim fed ugly fat spejlet mirror utaalelig",
    "LOW": """
        graeder graedt graed tuder crying cry cried tom tomhed* empty ensom ensomhed lonely alene knust broken nede deprim* deppet
        depress* ked_af haabloes* skidt lort lorte angst panik panic daarligt elendigt awful terrible fortvivl* desper* ulykkelig
        miserable magteloes* opgivende sort moerk moerkt dark flov bange scared""",
    "ALLNIGHT": "natten hele_natten hver_nat nat night nights naetter om_natten hele_aftenen hele_dagen all_night all_day every_night eftermiddagen timer hours",
    "HOLD": "holde_ud holder_ud holde_det_ud igennem klare klarer overleve overlever survive cope get_through staa_op gennem through",
    "LIMP": "slappe slap lammet lam laeberne blaa bleg blege kold kolde kan_ikke_gaa ryster stukket stiv_i trykken kramper vejret reagerer ordentligt uregelmaessigt",
    "DEBT": "skylder penge_til gaeld_til owe banden bande gang rocker* dealer* dealeren pusher* inkasso_folk paa_vej_op paa_vej_herop paa_vej_hjem",
    "PRIVATE": "siger_det_kun sig_det_ikke ingen_maa_vide maa_ikke_sige dont_tell fortael_ikke hemmelighed* secret ved_det_ikke aner_ikke tell_anyone sagt_det_til_nogen",
    "ROOM": "vaerelse* vaerelset badet badevaerelset toilettet bathroom skabet kaelder kaelderen altanen sengen under_sengen under_the_bed locked laast laaste doeren door",
    "ASK": "kan_jeg kan_du kan_i maa_jeg skal_jeg skal_vi hvornaar hvor_er hvordan_faar har_i har_du can_i can_you could_you when_is should_i do_you er_der hvem_er kan_vi",
    "DAILY": """
        jobbet job arbejde work vagt vagten bolig lejlighed kontanthjaelp su skat regning regningen penge kroner kr moede moedet aftale tid
        laegen tandlaege eksamen skole skolen hf uddannelse praktik klassen cykel bilen tog toget bus bussen buss frokost aftensmad mad kaffe pizza
        rent exam school class meeting appointment lunch dinner bike sofa couch moebler vaskemaskine hund hunden kat katten billet flyttekasser
        nabo naboen naboens neighbours neighbour weekend weekenden ferie ferien jul julen sommer sommeren""",
    "GLAD": "glad god godt fint fedt dejligt okay ok hyggeligt sjovt spaend* gode great good fine happy nice stolt bedst hyg~ sygt_god superfedt tak soed soede safe sikker",
    # What makes it calm
    "FICTION": """
        film filmen film_ serie serien serier series episode afsnit* saeson* movie show bog bogen book roman romanen novelle*
        spil spillet spiller spille game games gaming boss bossen level levelet bane banen fortnite minecraft valorant cs csgo
        fifa roblox sims warzone gta lol_ sang sangen song lyrics podcast dokumentar* manga anime karakter karakteren
        character hovedperson* opgave opgaven essay skoleprojekt* projekt rollespil* dnd teater* skuespil* varulve mafia
        theory netflix hbo youtube tiktoker meme memes quiz* skriftlig* stil emne pensum true_crime krimi* gyser*""",
    "LAUGH": "haha hahaha hahah hihi lol lmao lmfao rofl xd jk joke jokes joking griner grin grinede sjov* for_sjov sjovt laughing hehe lool fniser spoeg*",
    "CAUSE": "af grin latter sult toerst varme kulde kedsomhed skam pinlighed hunger heat boredom embarrassment laughing nysgerrighed for_at_se to_see cringe over traet tired traethed laughter from cold sjov",
    "THING": "telefon* mobil* batteri* computer* pc laptop phone battery wifi internet* plante= blomst* bil bilen motor* app appen konto server* forbindelse* plant car trend* stemningen stemning vibe",
    "PLACE": """
        by byen herfra_byen ferie ferien holiday aarhus koebenhavn odense aalborg randers sverige norge spanien landet skole
        skolen job jobbet klassen bosted* hjemmefra lejlighed* flytte flytter move moving by_en weekend festen moedet
        fest party meeting gruppen jorden_af_pinlighed jorden hul ground kursus* kommune kommunen town city fb facebook insta instagram
        snapchat some sociale radar""",
    "WORK": """
        opgave opgaven opgaver lektie= lektier lektierne ansoegning* aflever* homework assignment application rengoering opvask* vask*
        dishes laundry essay rapport* rapporten cv skema* formular* mail mailen ringe_til bestille booke betale regning* budget
        mitid nemid borger* praktik* jobcenter* sport loebe traening gym studie* klip haar baad_ aflevering""",
    "SPORT": """
        svoem~ swim^ bade bader badet havnebad* bungee faldskaerm* trampolin* klatr~ klatring climbing vinterbad* dykk~ diving
        fitness crossfit parkour skate* ski gym sommer haand_i_haand bassin* pool svoemmehal* sup fisk~ fisketur fiske picnic
        oel oelle oeller soelnedgang* solnedgang* solopgang* sunset sunrise udsigt* view foto* billede photo photos sejl~ telt
        hytte bonfire grill* altanhave bar baren cafe coffee kaffe""",
    "BUSINESS": """
        udlejer* kommune kommunen sagsbehandler* ansoegning* job jobbet jobcenter* su skat boligforening* landlord council jul*
        julekort* foedselsdag* birthday postkort* bank banken klage* aftale* invitation* bryllups* dansk engelsk skole skolen
        bestil* valentin* referat* laege laegen doctor tandlaege* ferie""",
    "LEGAL": "laege laegen laegens doctor gp apotek* recept* prescri* bivirkning* side_effect* tandpine hovedpine headache dosering* dagligt psykiater* sygeplejersk* mg",
    "MOVEON": """
        fortid tidligere heldigvis stolt proud stoppede_med stoppet_med quit holdt_op_med recovered recovery dengang
        overstaaet kommet_videre ikke_laengere_ klasse_ for_laengst back_then used_to""",
}

#: Everyday words that look like a misspelt word of crisis and are none.
COMMON: Final[frozenset[str]] = frozenset(
    """
    hende vende hendes venter sende kende skrive spiller taler handler falder vandre hvornaar hverken boeder haender morning maerke kameraet kamera
    """.split()
)
