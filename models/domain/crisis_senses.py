"""What words may mean, for the rules of `crisis_rules`: Danish and English together, in folded spelling.

``hopp~`` is a Danish verb with its endings, ``jump^`` an English one, ``bro=`` a noun; ``pille*`` is a beginning,
``*piller`` an end, ``i_nat`` two words. A word may have many senses: a rule asks for several that stand together.
"""

from __future__ import annotations

from typing import Final

from models.domain.crisis_senses_deeds import OF_DEEDS

_OF_DEATH: Final[dict[str, str]] = {
    # Who
    "ME": "jeg jej jei jg jaeg mig mej maj mg min mit mine im ive id ill me my myself mysel meself",
    "SELF": "mig_selv mig_sel mej_selv mig_self migselv myself my_self mysel",
    "OTHER": """
        hes shes theyre theyll han hun hen de dem ham hende he she they him her them kaereste= far faren mor
        moren bror broren *bror *soester broedre soestre brothers sisters plejefar soester soesteren stedfar
        stedmor onkel faetter kusine kusinen foraeldre foraeldrene familie familien eks eksen ekskaereste*
        exkaereste* ex exen ven vennen venner veninde= roommate* bofaelle* nabo naboen nogen fyr fyre fyren mand
        manden maend drenge drengene pige pigen dad father mom mum mother brother sister stepdad stepfather
        stepmom boyfriend girlfriend bf gf husband wife uncle cousin cousins parents family friend friends
        bestie someone somebody guy guys dude man min_mor min_far mormor farmor bedstefar laerer paedagog barn
        boern""",
    "HE": """
        hes shes theyre theyll han hun he she kaeresten kaereste far faren stedfar stedmor mor onkel eks eksen
        ekskaereste* ex bror storebror boyfriend girlfriend bf gf husband dad father stepdad stepfather uncle
        brother brothers broedre cousin plejefar plejemor fyren manden naboen guy man de they foraeldre parents
        drengene""",
    "EX": """
        eks eksen ekskaereste* exkaereste* ex exen stalker* han he de they fyr fyre fyren mand manden maend guy
        guys""",
    "KIN": """
        mor far foraeldre foraeldrene soeskende broedre brothers bror soester lillebror lillesoester storebror
        storesoester familie familien mom mum dad parents family brother sister siblings venner friends alle
        kaereste veninde bedste_ven""",
    "PEOPLE": """
        alle andre dem jer familie familien verden everyone everybody people others them world you mor far
        foraeldre mine venner family friends mom dad parents folk""",
    "NOBODY": "ingen ik_nogen ikke_nogen nobody noone no_one hvem who anyone anybody",
    "PET": "hund= kat= kanin= hamster* marsvin* dog cat pet puppy rabbit kaeledyr* hest=",
    "STUFF": """
        ting tingene sager toej guitar* konsol* playstation* ps5 smykker smykke bil computer* stuff things
        clothes belongings cykel halskaede* ring ure samling* vinyl* plade* sneakers jakke* boeger hoodie* alt
        everything penge opsparing* savings money hund= kat= kanin= hamster* dog cat""",
    # No, and will
    "NOT": """
        ikke ikk ik ike ikek ikkr icke ikje itj itt aldrig ingen intet ingenting hverken dont do_not didnt
        did_not doesnt never not no nope cant cannot wont wouldnt isnt aint couldnt havent hasnt nothing without
        uden neppe naeppe""",
    "WANT": """
        gad vil vill ville vile ku kunne oensk~ gid droemm~ laeng~ haab~ lyst overvej~ hellere foretraekk~ wanna
        want^ wish^ hop^ hope hopes hoping ready klar rather prefer^ craving crave trang fristende tempting
        dream^ beslutt~ gonna going skal need sku skulle skulde burde try trying proever proevet""",
    "LONG": """
        oensk~ gad gid droemm~ laeng~ haab~ lyst overvej~ hellere wanna want^ wish^ hope hopes hoping ready klar
        rather prefer^ craving trang fristende dream^ taenk~ taenkt tanke tanker tankerne thinking think
        thoughts thought fantaser~ imagine imagining planlaeg* planning""",
    "THINK": """
        taenk~ taenkt tanke tanker tankerne thinking think thinks thoughts thought fantaser~ imagin^ overvej~
        planlaeg* planlag* plan planning plans plan= forestill~ ideation obsess* kredser""",
    "CAN": """
        kan ku kunne gider gidder gir gad orker orke magter magte klarer klare evner evne holder holde kraefter
        overskud overskuer overskue can could cant cannot able bother styrke energi energy strength""",
    "MERE": "mere mer laengere laenger laengre anymore any_more no_more more longer much_longer",
    "THEN": """
        og men jeg vil nu hjaelp er har det der saa bare please i_nat i_aften for alt alting hvad fordi hej
        undskyld sorry ville and but im so help everything too de ingen nogen hvis altsaa lige haaber lav bor
        mig farvel""",
    "IF": "hvis naar vis if when once",
    "WOULD": "ville vil skulle kunne would will d could ku might",
    "DARE": """
        tur turde toer tor toerde tort dare dared nerve mod modet courage guts nosser nosset chickened feg
        bakkede""",
    "DECIDE": "besluttet bestemt beslutning beslutte decided decision valgt made_up_my_mind fastlagt",
    "ALONE": "alene alone ensom",
    # Being, and not
    "EXIST": """
        leve lever levede eksister~ findes fandtes live living alive exist^ existing vaere_til vaer_til var_til
        vaere_her var_her i_live be_here being_here be_around being_around around vaere_mere vejret breath^
        breathe breathing vaere_med_mere was_here were_here vaere_i_verden""",
    "BE": "leve lever eksister~ living existing exist alive vejret breathing breathe vaere_til vaere_mig being_me",
    "DIE": "doe doee doeer doer doedes doeden doed die dying dies death omkomme do_e dead",
    "DEAD": "doed doede doee dead",
    "WAKE": "vaagn~ vaagned vaagnet waagner wake wakes waking woke staa_op stod_op get_up",
    "SLEEP": "sove sover sov sovet soevn sleep sleeping sleeps asleep sovne slumre",
    "VANISH": """
        forsvind~ forsvandt forsvundet disappear^ vanish^ blive_vaek blev_vaek vaere_vaek var_vaek vaek_bare
        gone borte oploes~ oploese_mig erased fade_away ceas^ cease""",
    "FOREVER": """
        for_altid for_evigt for_evig altid_vaek evigt evig forever for_good permanent* endegyldigt
        once_and_for_all en_gang_for_alle for_aye for_eternity""",
    "BETTER": """
        bedre nemmere nemmest lettere lettest gladere lykkeligere lettet lettede lettelse roligere better easier
        easiest happier lighter relief relieved slippe slipper slap bedst best fri gavn favor favour tjeneste""",
    "MISS": """
        savn~ missed miss misses notice notices noticed opdag~ graed~ graeder cry cares sorge~ soerg~ mourn^
        begravelse""",
    "BURDEN": """
        byrde= belastning besvaer burden dead_weight spild_af waste_of liability klods_om i_vejen in_the_way
        til_last taerer_paa draenet_alle problem_for""",
    "HURTALL": "oedelaegg~ oedelagt ruin^ skuff~ disappoint^ failure fiasko",
    "END": "slut slutte slutter forbi end ending ends ended over finish ovre faerdigt afslutt~",
    "STOP": """
        stop stoppe stopper stoppede holder_op holde_op stops stopping slut slutte slukke slukkes turn_off
        switch_off""",
    "PAIN": "smerte= ondt pain hurt hurting hurts lidelse= suffering toemhed* numb numbness moerke moerket",
    "ALLOFIT": "det_hele alt alting livet lortet everything it_all all_of_it life mit_liv my_life verden",
    "TIRED": "traet traed tired exhausted udmattet udbraendt sick_of done_with faerdig_med done orker_ikke fed_up",
    "STRUGGLE": """
        kaemp~ kaempet fight^ fighting trying try_anymore proeve vaagne_op waking leve living life livet
        existing alt everything being_alive mig_selv myself vaere_mig being_me vaere_her being_here eksister~""",
    "HOPELESS": """
        haabloes* hopeless meningsloes* pointless meaningless ligegyldig* ligemeget nytteloes* worthless
        vaerdiloes*""",
    "WORSE": """
        moerk~ moerke dark intrusive vaerre worse tilbage back igen again staerkere stronger loud louder hoejere
        vinder winning""",
    "THOUGHTS": "tanker tankerne thoughts the_thoughts mine_tanker",
    # Farewell
    "BYE": """
        farvel farveller goodbye goodbyes good_bye bye byebye afsked paa_gensyn hejhej sige_farvel naeste_liv
        next_life another_life anden_side other_side other_life i_himlen in_heaven himlen heaven den_anden_side
        regnbuen ses_aldrig""",
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
    "WRITE": """
        skrevet skrev skriver skrive wrote written write writing lagt left leaving optaget recorded efterlad*
        gemt lavet""",
    "KNOW": """
        ved vide forstaa forstaar know understand sig_til fortael fortaelle tell laese laeser read finder finde
        find""",
    "GIVE": """
        give giver gav givet giv giving gave given give_away gives foraer~ foraerede doner~ dele_ud delt_ud
        handed solgt sold overdrag~ overdraget""",
    "UNNEED": "brug bruge need needed faar_brug noedvendig* nytte",
    "HEIR": "have faa passe tage_sig overtage arve tager_sig take_care take_over have_min look_after",
    "AFTERME": "efter_mig bagefter naar_jeg hvis_jeg after_me when_im if_im vaek gone ikke_er_her",
    # Means
    "PILLS": """
        pille= piller *piller *pillerne *pille panodil* ipren* pamol* paracetamol* tablet* *tabletter medicin
        medicinen sovemedicin* pill pills tylenol meds medication painkiller* ibuprofen* morfin* tramadol* oxy*
        benzo* xanax* rivotril stesolid* insulin* antidepress* sleeping_pills melatonin* kodein* blisterpakke*
        pilleglas* fentanyl* quetiapin* seroquel*""",
    "HOARD": """
        gemt gemmer gemme samlet samler samle sparet sparer stash* hoard* saving saved collecting collected
        hamstr* lagret""",
    "TAKEN": """
        taget tog tage tager ta took take taken taking slugt sluge sluger slugte swallow^ spist aedt indtaget
        droppet popped popper bundet down downed""",
    "TOOK": """
        taget tog tar took taken slugt slugte swallowed spist indtaget roeget sniffet drukket drak popped drank
        smoked injected skudt""",
    "MANY": """
        mange masse hele alle alt many all bunch whole full bottle glas pakke pakken pakker haandfuld handful
        flere alt_for_mange toemt emptied blisterpakke* blister ten twenty thirty forty fifty ti tyve tredive
        fyrre too_many too_much for_mange for_meget dobbelt""",
    "HOWMANY": "hvor_mange hvor_meget how_many how_much hvilke which dosis dose hvad nok enough",
    "LETHAL": """
        doe doer doed doeden die dying kill killed draeber draebe doedelig* doedbringende lethal fatal overdosis
        overdose vaagner vaagne wake ikke_vaagner sove_ind hjertet_stopper for_altid skal_der_til der_skal_til
        enough_to nok_til farligt_nok overlever overleve survive""",
    "DRUG": """
        piller *piller pille stoffer stof noget something mdma emma coke kokain cocaine ghb fantasy ketamin*
        ketamine lsd svampe shrooms acid syre speed amfetamin* heroin xanax pills drugs pill ecstasy hash joint
        weed edible benzo* rivotril tramadol* panodil* alkohol sprut vodka medicin""",
    "POISON": """
        klorin bleach afloebsrens* gift poison frostvaeske antifreeze rottegift sprinklervaeske batterisyre
        kulilte carbon_monoxide""",
    "SYMPTOM": """
        doesig svimmel dizzy drejer snurrer spinning sloeret bevidstloes* bevidsthed* besvim~ besvimet faint^
        numb ryster shaking kramper hjertebanken hjerte hjertet heart ser_dobbelt blaa_laeber passing_out
        collaps* kaster_op kaste_op throwing_up cant_feel kan_ik_maerke kan_ikke_maerke kan_ikke_staa
        sluge_vejret kan_ikke_staa cant_stand cant_breathe cant_move bange scared freaking panik hallucin*
        vaek_i falder_hen drowsy sleepy groggy slur* blackout blacker mave brystet ikke_vejret sort_for
        falde_i_soevn_ kold_sved weird maerkelig underlig""",
    "JUMP": """
        hopp~ spring~ sprang sprunget jump^ leap^ kast~ kaste_mig falde fall let_go give_slip slippe step_off
        skridtet springe laene_mig laener_mig""",
    "STAND": """
        staa staar stod staaet sidder sad siddet siddende stand standing stood sit sitting sat kravl~ climb^ gik
        gaar gaaet walked went er_paa er_oppe oppe oppe_paa up_on""",
    "HEIGHT": """
        bro broen *bro *broen bridge tag taget tagterrasse* roof rooftop altan altanen balcony balkon* tagkanten
        kanten edge ledge etage sal klippe* cliff hoejhus* parkeringshus* silo* kran kranen tower taarn*
        raekvaerk* gelaender* railing vindue vinduet window overpass viadukt*""",
    "EDGE": """
        broen *broen bridge taget roof rooftop tagkanten kanten edge ledge perron* platform skinner skinnerne
        *skinnerne tracks raekvaerk* gelaender* railing altanen balcony vindueskarm* viadukt* klippen cliff
        overpass hoejhus*""",
    "DOWN": "ned down nedad dybt drop dybden langt_ned gribe_mig",
    "DRIVE": """
        koer~ koert drive drives driving drove steer^ steering styr~ rattet wheel crash crashe crashing svinge
        swerv*""",
    "CRASH": """
        galt trae traeet mur muren autovaern* modkoerende lastbil= broepille* bropille* tree wall truck traffic
        groeften modsat oncoming rabatten""",
    "VEHICLE": """
        tog toget togene train trains metro metroen bus bussen bil bilen biler lastbil= car truck lorry traffic
        trafikken letbane* s-tog stog""",
    "INFRONT": "foran under ind_foran in_front into ramt ramme hit paakoert koert_ned over_af run_over",
    "HITBY": """
        koert_ned koerte_ned koere_ned koerer_ned ramt ramme rammer ramte hit paakoert run_over kraeft cancer
        lyn sygdom ulykke accident""",
    "ROPE": "reb rebet rope noose loekke= galge* strik strop snor ledning belt baelte ledningen kroge krog",
    "WATER": "vandet havet soeen aaen fjorden havnen sea ocean lake river harbor harbour kanalen boelgerne",
    "PURPOSE": "vilje med_vilje expres on_purpose purpose ligner_et_uheld uheld look_like_an_accident bevidst",
    "DOIT": """
        goer_det goere_det goer_jeg_det gjort_det do_it doing_it did_it gjorde_det tage_skridtet faa_det_gjort
        goer_de""",
    "NIGHT": "i_nat inat tonight natten i_aften iaften her_i_nat i_weekenden snart_ tonite 2nite",
    "DAY": """
        i_nat inat i_aften i_morgen tonight tomorrow mandag tirsdag onsdag torsdag fredag loerdag soendag
        weekenden monday tuesday wednesday thursday friday saturday sunday jul christmas nytaar snart soon dato
        date uge week birthday foedselsdag sommer summer eksamen""",
    "LETME": "stop_me stoppe_mig call ring ringe redde save kalde prov_ dont_try forsoeg find finde lede",
    "MILESTONE": """
        foedselsdag* birthday jul juleaften christmas nytaar studentertid naeste_aar next_year old gammel voksen
        aeldre older NUM""",
    "REACH": "blive bliver blev opleve oplever faa reach see make making live naa fylde fylder turn",
    "METHOD": """
        maade maader maaden way ways method* metode* hurtigst* nemmest* smertefri* painless quickest easiest
        fastest""",
    "SEARCH": """
        googl* soegt soegte soeger search* slog_op slaaet_op looked_up looking_up laeser_om laest_om laeste
        researched reddit""",
    "ATTEMPT": "forsoeg forsoeget forsoegte forsoegt attempt* proevede proevet tried",
    "WARD": """
        indlagt psyk psykiatrisk* hospital hospitalet overlevede survived ward sygehus* skadestuen er_ae
        udpumpet failed mislykkedes mislykket""",
    "UNTRUST": "stoler_ikke stoler_ik stole_paa dont_trust cant_trust bange scared afraid tor_ikke",
    "SLANG": """
        unaliv* sewerslide selfdelete self_delete alt_f4 log_off_for_good logge_af_livet logge_ud_af_livet
        tjekke_ud_af_livet checke_ud_af_livet check_out_permanently commit_die toaster_bath stille_traeskoene
        aflive_mig aflives six_feet_under 6_feet_under under_jorden i_kisten min_begravelse my_funeral
        catch_the_bus end_myself ende_mig_selv forlade_verden forlade_livet leave_this_world leave_this_earth
        leave_this_life off_myself yeet_myself sove_ind slukke_for_mig_selv slukke_lyset_for ending_myself
        my_own_death min_egen_doed dodsdag doedsdag livet_af_mig gaa_i_doeden""",
}

SENSES: Final = _OF_DEATH | OF_DEEDS

#: Everyday words that look like a misspelt word of crisis and are none.
COMMON: Final[frozenset[str]] = frozenset(
    (
        "hende vende hendes venter sende kende skrive spiller taler handler falder vandre hvornaar hverken "
        "boeder haender morning maerke kameraet kamera "
    ).split()
)
