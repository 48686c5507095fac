"""What words may mean, of deeds, of danger and of the everyday: the other half of `crisis_senses`."""

from __future__ import annotations

from typing import Final

OF_DEEDS: Final[dict[str, str]] = {
    # Against oneself
    "CUT": """
        skaer skaere skaerer skaare skaarer skar skaaret cut cuts cutt~ cutting cutte cutter cuttede cuttet
        snitt~ rids~ ridset krads~ kradser scratch^ slice^ slicing prikk~ carv^ stab^ stikker_ skaerrer""",
    "BURN": "braend~ braendt braendte burn^ burnt svid~ skold~ scald^ lighter* trykk~ trykket",
    "HIT": """
        slaa slaar slog slaaet sla slar bank~ banket dunk~ hamr~ hamrer smadr~ smadrer punch^ hit hits hitting
        smash^ bang^ taev~ taesk~ sparker sparke sparkede slag""",
    "BITE": """
        bid~ bed_mig bide bit bite biting bidt pil~ pille_i rive river rev hive hiver pluk* pick^ picking
        pulling""",
    "BODY": """
        arm= armen armene ben= bene benene laar= laaret laarene haandled* mave maven hud huden haand haanden
        haender hofte* ankel* fod knoe= knoen knoer knoerne ansigt* kind haar haaret negle neglebaand* skulder*
        thigh* wrist* arms leg legs skin hips hip stomach knuckles forearm* hand hands face hair ankles""",
    "WALL": """
        vaeg vaeggen mur muren wall walls doer doeren bordet door spejl spejlet mirror gulvet floor skab skabet
        bord doerkarm*""",
    "RELIEF": """
        lettelse hjaelper hjalp helps help foele foeler maerke maerker noget_ ro rolig calm feel feeling daemper
        fred straf straffe fortjener deserve punish* kontrol control release pause stilhed numb smerten pain
        ondt ude_af""",
    "AGAIN": """
        igen again tilbage relaps* tilbagefald faldet_i back stadig still hver_gang hver_aften every_night
        daglig* hver_dag lately begyndt started startet""",
    "SECRET": """
        ingen_ved hemmelig* skjul~ skjuler skjulte hide hides hiding gemm~ daekke daekker lange_aermer
        long_sleeves nobody_knows no_one_knows secret cover""",
    "DEEP": """
        dybt dybere deep deeper for_dybt too_deep sy stitches syet bloed~ bloeder bled bleed^ blood blod blods
        haevet swollen blaa""",
    "SCARS": "ar arrene arene snit snittene rifter saar saarene scar scars cuts wounds marks maerker maerkerne wound",
    "TOOL": """
        cigaret* smoeg smoeger* skod* lighter* strygejern* glattejern* saks saksen passer* naal naale naalen
        skalpel* hobbykniv* glasskaar skaar barber* blade blades razor* scissors cigarette* needle compass kniv
        kniven knife elastik* *kniv *kniven skaebe curling*""",
    "URGE": "trang trangen lyst lysten urge urges craving itching miss savner behov noedt_til",
    "VOMIT": """
        kaster_op kaste_op kastede_op kastet_op braekk~ throw_up throwing_up threw_up puke puking purg*
        fingrene_i_halsen fingeren_i_halsen afforingspiller affoeringspiller* laxativ*""",
    "EAT": "spis~ spiser spist mad maden maaltid* eat eats eating ate food meals meal eaten",
    "KITCHEN": """
        loeg mad mad_ ovn ovnen komfur* pande panden gryde* te kaffe daase koekken* kitchen cooking cook oven
        stove braed steg gulerod* tomat* groent* onions bread shaving barbering barberede glas_ fisk fisken
        rejer sushi sol solen arbejde job fodbold haandbold traening gym uheld tatover* tattoo kat katten hund
        hunden haar_ frisoer* hair_short hair_cut""",
    "SICK": """
        influenza syg sick flu gravid pregnant fisk rejer sushi toemmermaend* hungover hangover buffet maveonde
        mavepine omgangssyge virus karantaene bus bussen koeresyg*""",
    # Others against one
    "HARM": """
        slaa slaar slog slaaet sla bank~ banket taev~ taesk~ smadr~ smadrede spark~ sparket kvael~ kvalt kvalte
        overfald~ overfaldt mishandl~ misbrug~ draeb~ draebt myrd~ stikk~ stak skyd~ skyde skub~ skubb~ skubbet
        riv~ rev true truer truede truet kick^ hit hits hitting beat beats beating punch^ chok^ choke chokes
        choking strangl* slap^ shov^ shove attack^ threaten^ assault^ hurt hurts hurting kill kills killed
        killing stab^ shoot abus* skad~ skade haevn~ molest* grab^ grip greb hev hiver hive slaeb~ skalle
        gennembank* knust knus~ kneppe pisse oedelaegg~ ydmyg~ burn^ braend~ kaste kastede kastet threw throws
        throwing""",
    "KILLV": """
        draeb~ draebt myrd~ stikk~ stak skyd~ kvael~ slaa_ihjel smadr~ taev~ bank~ kill kills killing stab^
        shoot shooting murder^ strangl* gennembank* hurt skade skader braende_ned burn_down slaa slaar beat
        haevn~ haevn smash""",
    "WHO": """
        ham hende dem nogen jer dig him her them someone somebody you people far mor stedfar bror soester
        kaereste eks sagsbehandler raadgiver laerer chef paedagog alle naboen mom dad stepdad brother ex boss
        teacher caseworker neighbor kommunen skolen""",
    "GRAB": """
        laegger_haand lagt_haand lagde_haand loefte_haanden loeftet_haanden haanden_loes hand_on_me hands_on_me
        laid_hands hand_against fysisk_ovfor lays_a_hand loes_paa_mig amok_paa got_physical bliver_fysisk""",
    "LOCK": "laas~ laast laaser laaste lock^ laas_ spaerr~ spaerret",
    "TRAP": """
        komme_ud komme_vaek gaa_ud leave get_out inde inside forlade noegle noeglen slippe_ud ude ud out go_out
        lader_mig let_me""",
    "SEIZE": """
        tager taget tog tage takes took taken konfisker~ gemmer gemt hides knuste smadrede tjekker checks laeser
        kontroller~""",
    "SEIZED": """
        telefon* mobil* pas passet passport noegle= noeglerne dankort* kort phone keys card id penge money loen
        su dokumenter beskeder sociale_medier konto""",
    "CONTINUE": """
        blev_ved bliver_ved fortsatte fortsaetter stoppede_ikke stoppede_ik stopper_ikke ville_ikke_stoppe
        kept_going didnt_stop wouldnt_stop gjorde_det_alligevel alligevel anyway lyttede_ikke ignorerede""",
    "NO": "nej no stop stoppe ville_ikke ville_ik didnt_want sagde_fra graed froes stivnede froze crying",
    "SEX": """
        sex samleje noegen undertoej trusser trusserne bukser bukserne bh seng sengen oven_paa_mig ovenpaa
        on_top_of_me inside_me kondom* condom naked clothes toejet roere roerte roerer knald~ kysse sutte
        blowjob""",
    "PRESS": """
        press~ presset pressure^ pressur* tving~ tvang tvunget forc^ force made_me fik_mig_til noedt turde toer
        dare afpress* blackmail* extort* true truer truede manipul* overtal~ skyldig""",
    "NUDES": """
        noegenbillede= *noegenbilleder nudes nude noegenbilleder sexvideo* video videoen billeder billederne
        pictures pics photos videos noegne""",
    "SPREAD": """
        laegge laegger lagt dele deler delt sende sender sendt post^ leak^ share^ sharing spred~ spredt
        offentlig* snap send_ truer true afpress* blackmail* betale betaler pay""",
    "MARRY": "gift gifte giftes gifter marry married marriage bryllup forlov* aegteskab* wedding",
    "ABROAD": """
        pakistan somalia irak iran syrien tyrkiet afghanistan marokko libanon jordan egypten bosnien kosovo
        indien yemen sudan hjemland* genopdragelse* ud_af_landet abroad back_home home_country iraq syria turkey
        morocco lebanon somaliland""",
    "SENDAWAY": "sende sender sendt send sending sent tage_mig tvinge tvinger flytte_mig tager_mig rejse forcing",
    "LURK": """
        venter vente ventede stod staar staa holder holdt waits waiting waited stands standing parked parkeret
        shows_up showing_up showed_up dukker_op dukkede_op kigger watching koerer_forbi drives_past lurer""",
    "MYPLACE": """
        udenfor uden_for foran min_doer min_opgang opgangen mit_vindue outside my_building my_house my_work
        my_window my_door my_flat min_lejlighed mit_arbejde min_skole hjemme_hos derhjemme mit_hus nede_foran
        vinduet doeren work skole school""",
    "OFTEN": """
        hver_dag hele_tiden igen keeps bliver_ved constantly every every_day again stadig tredje uger dagevis
        weeks stopper_ikke""",
    "THREAT": """
        tru~ truer truede truet truet_med threat* threaten^ trusler siger sagde said says skriver skrev wrote
        texts told lovede lover promised swore svaerger""",
    "FEAR": """
        bange angst raed toer_ikke toer_ik tor_ik tor_ikke scared afraid terrified frygter skraemt scares
        skraemmer utryg unsafe panik""",
    "WEAPON": """
        kniv kniven pistol* gun knife vaaben machete* oekse bat knuckle* knojern skydevaaben* hammer koelle
        hamer balltrae* peberspray""",
    "CARRY": """
        med_i_tasken i_tasken i_lommen paa_mig ved_mig in_my_bag in_my_pocket with_me on_me med_mig baerer
        carry^ gaar_med koebt bought under_puden""",
    # Danger now
    "BLEED": "bloed~ bloeder bloedning* bloedt bleed^ blod blodet blood",
    "NONSTOP": """
        ved_med stopper_ikke stopper_ik ikke_stoppe ik_stoppe stopper wont_stop not_stopping overalt everywhere
        meget lot haandklaede* towel hvad_goer_jeg what_do_i helt_vildt kraftigt goer_jeg""",
    "FOLLOW": """
        foelger_efter foelger_mig fulgte_efter fulgt_efter gaar_bag gaar_efter koerer_bag bag_mig behind_me
        follow^ following chasing jagter forfoelg~ tracker track^ efter_mig""",
    "NOW": "nu lige_nu now right_now stadig still hjem home i_aften i_nat tonight",
    "VOICE": "stemme stemmen stemmer stemmerne voice voices djaevlen demon demons demoner satan han_i_hovedet",
    "COMMAND": """
        siger sige sagde fortaeller vil_have skal say says said tell tells telling told hvisk~ raab~ whisper^
        scream^ beordrer want_me beder kalder command^ kommanderer""",
    "DEED": """
        goere_det ondt skade skader draebe doe slaa hurt kill die myself mig_selv hoppe springe jump skaere cut
        skal must do_it slaa_ihjel andre should hoppet""",
    "PARANOID": """
        overvaag~ overvaaget aflytt~ watching_me watch_me spion* spying forgift~ poisoning kameraer laese_mine
        hoere_mine konspir* efterretning* pet cia forfulgt kontroller~""",
    "THROUGH": """
        gennem telefon* telefonen vaeggen vaeggene walls tv tvet ventilation* phone maden food hjernen brain
        tanker thoughts roegalarm* lampen spejlet stikkontakt* hovedet""",
    "AWAKE": "sovet_i ikke_sovet ik_sovet vaagen slept awake sleep sovet",
    "DAYS": "dage doegn days nights naetter uge uger week",
    "UNREAL": """
        uvirkelig* unreal virkelig stemmer voices skygger shadows ser_ting seeing hoerer_ting hearing insekter
        tegn signs gud god mission* udvalgt chosen""",
    "UNREACH": """
        svarer_ikke svarer_ik tager_den_ikke tager_ikke tager_ik not_answering wont_answer doesnt_answer
        isnt_answering telefon_slukket slukket kan_ikke_faa_fat ikke_set""",
    # What adds up (`crisis_points`)
    "HELPLINE": """
        livslinje* helpline lifeline krisetelefon* akutmodtagelse* skadestue* 112 samaritan* headspace
        suicide_line ambulance* politi* police emergency""",
    "AGGRO": """
        raaber raabte raabe skriger skreg vred rasende amok aggressiv* angry furious scream* shout* yell* smadr~
        smash^ kyler smider eksplod~ truende vanvittig ballade skaenderi* temperament sparke sparker hamrer
        banker""",
    "DRUNK": "fuld drukket drunk high skaev stiv paavirket stoned pisfuld plastret",
    "SHAMED": """
        vanaer* aere skam skammen honour honor shame shameful udstoedt disown* luder sharmuta ludr* whore slut
        haram""",
    "HATE": """
        hader hade hadede hate hates hated ulaekker afskyr foragter vaemmes disgust* klam grim fed ugly fat
        spejlet mirror utaalelig""",
    "LOW": """
        graeder graedt graed tuder crying cry cried tom tomhed* empty ensom ensomhed lonely alene knust broken
        nede deprim* deppet depress* ked_af haabloes* skidt lort lorte angst panik panic daarligt elendigt awful
        terrible fortvivl* desper* ulykkelig miserable magteloes* opgivende sort moerk moerkt dark flov bange
        scared""",
    "ALLNIGHT": """
        natten hele_natten hver_nat nat night nights naetter om_natten hele_aftenen hele_dagen all_night all_day
        every_night eftermiddagen timer hours""",
    "HOLD": """
        holde_ud holder_ud holde_det_ud igennem klare klarer overleve overlever survive cope get_through staa_op
        gennem through""",
    "LIMP": """
        slappe slap lammet lam laeberne blaa bleg blege kold kolde kan_ikke_gaa ryster stukket stiv_i trykken
        kramper vejret reagerer ordentligt uregelmaessigt""",
    "DEBT": """
        skylder penge_til gaeld_til owe banden bande gang rocker* dealer* dealeren pusher* inkasso_folk
        paa_vej_op paa_vej_herop paa_vej_hjem""",
    "PRIVATE": """
        siger_det_kun sig_det_ikke ingen_maa_vide maa_ikke_sige dont_tell fortael_ikke hemmelighed* secret
        ved_det_ikke aner_ikke tell_anyone sagt_det_til_nogen""",
    "ROOM": """
        vaerelse* vaerelset badet badevaerelset toilettet bathroom skabet kaelder kaelderen altanen sengen
        under_sengen under_the_bed locked laast laaste doeren door""",
    "ASK": """
        kan_jeg kan_du kan_i maa_jeg skal_jeg skal_vi hvornaar hvor_er hvordan_faar har_i har_du can_i can_you
        could_you when_is should_i do_you er_der hvem_er kan_vi""",
    "DAILY": """
        jobbet job arbejde work vagt vagten bolig lejlighed kontanthjaelp su skat regning regningen penge kroner
        kr moede moedet aftale tid laegen tandlaege eksamen skole skolen hf uddannelse praktik klassen cykel
        bilen tog toget bus bussen buss frokost aftensmad mad kaffe pizza rent exam school class meeting
        appointment lunch dinner bike sofa couch moebler vaskemaskine hund hunden kat katten billet flyttekasser
        nabo naboen naboens neighbours neighbour weekend weekenden ferie ferien jul julen sommer sommeren""",
    "GLAD": """
        glad god godt fint fedt dejligt okay ok hyggeligt sjovt spaend* gode great good fine happy nice stolt
        bedst hyg~ sygt_god superfedt tak soed soede safe sikker""",
    # What makes it calm
    "FICTION": """
        film filmen film_ serie serien serier series episode afsnit* saeson* movie show bog bogen book roman
        romanen novelle* spil spillet spiller spille game games gaming boss bossen level levelet bane banen
        fortnite minecraft valorant cs csgo fifa roblox sims warzone gta lol_ sang sangen song lyrics podcast
        dokumentar* manga anime karakter karakteren character hovedperson* opgave opgaven essay skoleprojekt*
        projekt rollespil* dnd teater* skuespil* varulve mafia theory netflix hbo youtube tiktoker meme memes
        quiz* skriftlig* stil emne pensum true_crime krimi* gyser*""",
    "LAUGH": """
        haha hahaha hahah hihi lol lmao lmfao rofl xd jk joke jokes joking griner grin grinede sjov* for_sjov
        sjovt laughing hehe lool fniser spoeg*""",
    "CAUSE": """
        af grin latter sult toerst varme kulde kedsomhed skam pinlighed hunger heat boredom embarrassment
        laughing nysgerrighed for_at_se to_see cringe over traet tired traethed laughter from cold sjov""",
    "THING": """
        telefon* mobil* batteri* computer* pc laptop phone battery wifi internet* plante= blomst* bil bilen
        motor* app appen konto server* forbindelse* plant car trend* stemningen stemning vibe""",
    "PLACE": """
        by byen herfra_byen ferie ferien holiday aarhus koebenhavn odense aalborg randers sverige norge spanien
        landet skole skolen job jobbet klassen bosted* hjemmefra lejlighed* flytte flytter move moving by_en
        weekend festen moedet fest party meeting gruppen jorden_af_pinlighed jorden hul ground kursus* kommune
        kommunen town city fb facebook insta instagram snapchat some sociale radar""",
    "WORK": """
        opgave opgaven opgaver lektie= lektier lektierne ansoegning* aflever* homework assignment application
        rengoering opvask* vask* dishes laundry essay rapport* rapporten cv skema* formular* mail mailen
        ringe_til bestille booke betale regning* budget mitid nemid borger* praktik* jobcenter* sport loebe
        traening gym studie* klip haar baad_ aflevering""",
    "SPORT": """
        svoem~ swim^ bade bader badet havnebad* bungee faldskaerm* trampolin* klatr~ klatring climbing
        vinterbad* dykk~ diving fitness crossfit parkour skate* ski gym sommer haand_i_haand bassin* pool
        svoemmehal* sup fisk~ fisketur fiske picnic oel oelle oeller soelnedgang* solnedgang* solopgang* sunset
        sunrise udsigt* view foto* billede photo photos sejl~ telt hytte bonfire grill* altanhave bar baren cafe
        coffee kaffe""",
    "BUSINESS": """
        udlejer* kommune kommunen sagsbehandler* ansoegning* job jobbet jobcenter* su skat boligforening*
        landlord council jul* julekort* foedselsdag* birthday postkort* bank banken klage* aftale* invitation*
        bryllups* dansk engelsk skole skolen bestil* valentin* referat* laege laegen doctor tandlaege* ferie""",
    "LEGAL": """
        laege laegen laegens doctor gp apotek* recept* prescri* bivirkning* side_effect* tandpine hovedpine
        headache dosering* dagligt psykiater* sygeplejersk* mg""",
    "MOVEON": """
        fortid tidligere heldigvis stolt proud stoppede_med stoppet_med quit holdt_op_med recovered recovery
        dengang overstaaet kommet_videre ikke_laengere_ klasse_ for_laengst back_then used_to""",
}
