"""Words of facility lists: kinds of places to categories, owners to provider types.

Each line is a rule: the first whose pattern is found in the folded text wins, so special kinds
stand before general ones. The patterns are examples from health, school and aid lists in English,
French, Spanish, Portuguese and Arabic; a file's own words can be added in the preview.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from directory.text import normalise

_PRIMARY_CARE: Final = (
    r"clinic|cliniq|dispensar|dispensair|dispensario|poly ?clini|"
    r"\b(health|healthcare) (care )?(cent|post|station|hut|house|unit|point|facilit|area)|(primary|basic) health|community based health|"
    r"(centre|center|poste|case|unite|cabinet|formation|structure|etablissement)s? (medic|de sant|de soins|sanitaire|medico)|soins de sante|unites? de sant|"
    r"(centro|posto|postos|puesto|unidad|unidade|casa)s? (medic|de salud|de saude|de sante|sanitari)|medical cent|centre medic|doctor|medecin|cabinet medical|gp\b|surgery\b|"
    r"\bchps\b|\bcsps\b|\bcscom\b|\bcsi\b|\bcsb\b|\bphc\b|\bphcc\b|\bphu\b|\bhc (i|ii|iii|iv)\b|nursing home|national referral cent|filter|\bmchp\b|\bhp\b|\bcma\b|"
    r"مركز صحي|المركز الصحي|وحده صحيه|عياده|مستوصف|رعايه صحيه"
    r"|^(cs|ps|hp|hc|csu|csr|csa|csc|usb|chp|chc|phu|ubs|cesfam|eps)$"
)

_TERM_RULES: Final[tuple[tuple[str, str], ...]] = (
    # What protects people comes first: a wrong guess here must err towards more protection.
    ("housing.safe_shelter", r"(domestic|family|partner|spous\w*) (violence|abuse).*(shelter|refuge|safe|hous)|violence (conjugale|familiale).*(hebergement|refuge|foyer|abri)|violencia (domestica|familiar|intrafamiliar).*(refugio|albergue|casa|alojamiento)|safe ?hous|(women|woman|femme|mujer|mulher|battered|abused|victim).*(shelter|refuge|refugio|albergue|foyer|abrigo|hebergement)|(shelter|refuge|refugio|albergue|foyer|abrigo|hebergement).*(women|woman|femme|mujer|mulher|victim)|casa de acogida|maison d accueil.*(femme|victime)|ماوي.*(نساء|النساء)"),
    ("protection.gbv", r"(domestic|family|sexual|partner) (violence|abuse|assault)|\brape\b|violences? (conjugale|sexuelle|familiale|domestique)s?|violencia (domestica|sexual|familiar|intrafamiliar)|\bgbv\b|\bvbg\b|\bsgbv\b|gender based|genre.*violence|violence.*(genre|basee)|violencia.*genero|one stop (crisis )?cent"),
    ("protection.trafficking", r"traffick|traite des|trata de"),
    ("protection.lgbti", r"lgbt|\bgay\b|lesbian|transgender|sexual orientation|gender identity|sogiesc"),
    ("protection.alternative_care", r"orphan|orphelin|orfanat|foster|دار ايتام|ايتام"),
    ("health.hiv_tb", r"\bhiv\b|\bvih\b|\bvct\b|\btb\b|tubercul|antitubercul|\bart (clinic|site|centre)"),
    ("psychosocial.substance_use", r"addict|toxicoman|substance|drug (use|rehab)|detox|ادمان"),
    ("psychosocial.psychiatry", r"psychiatr|psiquiatr|mental hospital|hopital mental|نفسي"),
    ("psychosocial", r"\bmhpss\b|mental health|sante mentale|salud mental|psychosocial|psicosocial|psycho social|الصحه النفسيه"),
    # Health
    ("health.medicines", r"pharmac|farmac|drug ?store|drug ?shop|chemist|officine|depot (de )?(medic|pharm)|صيدلي"),
    ("health.laboratory", r"laborato|\blab\b|diagnostic|blood (bank|transfusion)|banque de sang|banco de sangre|مختبر|معمل"),
    ("health.dental_eye", r"dental|dentist|dentaire|dentair|\beye\b|ophtalm|ophthalm|oftalm|optic|اسنان|عيون"),
    ("health.rehabilitation", r"physiother|kinesither|fisioter|orthop|prosthe|prothes|rehabilitation cent|centre de reeducation|readaptation|تاهيل"),
    ("health.emergency", r"ambulanc|emergency medical|urgences|smur\b|samu\b|اسعاف"),
    ("health.dialysis_cancer", r"dialys|oncolog|cancer|غسيل الكلي"),
    ("health.maternal_child", r"maternity (home|cent|clinic|hospital|unit|ward)|^maternity|maternit[ey]\b|maternal|materno|mother and child|\bmch\b|\brch\b|birthing|midwi|sage femme|pediatri|paediatri|امومه|ولاده"),
    ("health.srh", r"family planning|planification familiale|planificacion familiar|reproducti"),
    ("health.hospital", r"hospita|hopita|hopitau|\bchu\b|\bchr\b|\bchd\b|\bhgr\b|federal medical cent|antenne chirurgicale|medico chirurgical|مستشفي|مشفي"),
    ("information.authority", r"directorate|direction (regionale|departementale|provinciale|nationale)|delegation (regionale|departementale)|ministry|ministere|ministerio|town hall|mairie|alcaldia|ayuntamiento|municipal (council|office)|district office|مديريه|وزاره|بلديه"),
    ("training.vocational", r"training (institut|cent|school|college)|nursing (school|college)|school of nursing|ecole d infirm|technical|vocational|\btvet\b|\beftp\b|\btvt\b|technique|professionnel|profesional|polytechn|politecnic|formation prof|centre de formation|centro de formacion|tecnic|ecole de formation|مهني|تقني|تدريب"),
    ("health.primary", _PRIMARY_CARE),
    # Learning
    ("education.inclusive", r"special (needs )?school|special needs|ecole speciale|education speciale|educacion especial|school for the (deaf|blind)"),
    ("education.early_childhood", r"kindergarten|pre ?school|pre ?primary|nursery|creche|maternelle|jardin (d enfants|de infan)|\becd\b|early childhood|day ?care|preescolar|روضه|حضانه"),
    ("education.higher", r"universit|universid|higher education|enseignement superieur|educacion superior|جامعه"),
    ("education.literacy_language", r"literacy|alphabetis|alfabetiz|language school|محو الاميه"),
    ("education.school", r"school|^(junior |senior |upper |lower )?(primary|secondary|basic)( education)?$|\becoles?\b|lycee|escuela|escola|colegio|liceo|instituto de educacion|secondaire|secundari|primaire|primaria|\bcem\b|\bceg\b|madrasa|مدرسه|مدارس"),
    ("training.vocational", r"\bcolleges?\b"),
    # Law, money, work
    ("legal.civil_registry", r"civil documentation|civil regist|etat civil|registro civil|birth regist|السجل المدني|الاحوال المدنيه"),
    ("legal.identity", r"passport office|identity card|carte d identite|documento de identidad|جوازات"),
    ("legal.aid", r"legal (aid|assist|advice|counsel|support|services)|legal clinic|aide juridique|assistance juridique|asistencia (juridica|legal)|مساعده قانونيه"),
    ("legal.police_courts", r"police|policia|court\b|courthouse|tribunal|juzgado|gendarmerie|محكمه|شرطه"),
    ("information.consular", r"embass|ambassad|embajad|\bconsul(s|ar|at|ats|ate|ates|aire|aires|ado|ados)?\b|سفاره|قنصلي"),
    ("business.banking_credit", r"(?<!food )(?<!clothing )(?<!diaper )\bbank|banque(?! alimentaire)|banco(?! de alimentos)|microfinanc|micro finance|credit union|mobile money|مصرف|بنك"),
    ("employment.placement", r"job (placement|cent)|employment (office|agency|service|cent)|job cent|agence.*emploi|bureau.*emploi|oficina de empleo|bolsa de (trabajo|empleo)|مكتب (العمل|التشغيل)"),
    ("training.agriculture", r"agricultural extension|vulgarisation agricole|extension agricola"),
    # Everyday needs
    ("basic_needs.household_items", r"\bnfis?\b(?!.*shelter)|^non food|clothing|household items|articles menagers|articulos del hogar"),
    ("business.startup", r"entrepreneur|start ?up|business (support|development|training)|creation d entreprise|emprendimiento|ريادة|رياده"),
    ("information.return_counselling", r"return counsel|conseil au retour|asesoramiento para el retorno"),
    ("information.case_management", r"reintegration|case management|gestion de cas\b|reintegracion|اعاده الادماج"),
    ("information.resource_centre", r"migrant resource|resource cent|centre de ressources|centro de recursos|one stop|guichet unique|ventanilla unica|hotline|helpline"),
    ("information.complaints", r"ombuds|human rights (commission|institution)|mediateur|defensoria"),
    ("arrival.reception", r"reception cent|transit cent|centre (d accueil|de transit)|centro de (recepcion|acogida)"),
    ("basic_needs.food", r"food bank|food distribution|banque alimentaire|banco de alimentos|food security|seguridad alimentaria|securite alimentaire|nutrition|nutricion|soup kitchen|الامن الغذائي|تغذيه"),
    ("basic_needs.wash", r"\bwash\b|\beah\b|water|sanitation|borehole|forage|point d eau|agua|eau,? (hygiene|assain)|مياه"),
    ("basic_needs.cash", r"\bcash\b|\bmpca?\b|multipurpose|multiproposito|transferencias|transferts monetaires|efectivo|نقد"),
    ("housing", r"\bcccm\b|camp (coordination|management)|gestion (de|des) camp"),
    ("business", r"early recovery|relevement precoce|recuperacion temprana"),
    ("housing.emergency", r"\bs ?nfis?\b|shelter|hebergement|abris?\b|alojamiento|albergue|ايواء|ماوي"),
    ("protection.older_persons", r"old (age|people)|elderly|personnes agees|maison de retraite|adultos mayores|مسنين"),
    ("protection.disability", r"disabilit|handicap|discapacidad|ذوي الاعاقه"),
    ("protection.child", r"child protection|protection de l enfance|proteccion (de la )?(ninez|infantil)|حمايه الطفل"),
    ("protection", r"protection|proteccion|protecao|حمايه"),
    ("arrival.onward_transport", r"bus station|gare routiere|terminal de (buses|autobuses)|محطه حافلات"),
    ("community.faith", r"church|mosque|eglise|mosquee|iglesia|temple|place of worship|مسجد|كنيسه"),
    ("community.centre", r"community cent|youth cent|social cent|centre (social|communautaire|culturel|de jeunes)|centro (social|comunitario|juvenil)|casa comunal|sports|مركز (مجتمعي|شباب)"),
    # What directories of human services call things (211 and Open Eligibility taxonomies).
    ("education.early_childhood", r"child ?care|extended care for children"),
    ("protection.alternative_care", r"adoption|guardianship|tutelle|tutela"),
    ("protection.child", r"child abuse|child welfare|maltrato infantil|maltraitance"),
    ("protection.older_persons", r"\bseniors?\b|elder|older (adult|person)|adult (day|protective)|respite"),
    ("business.debt", r"\bdebt|credit counsel|foreclos|endeudamiento|surendettement"),
    ("training.financial_literacy", r"financial (education|literacy|counsel)|money management|educacion financiera|education financiere"),
    ("housing.repair", r"home (repair|improvement|rehabilitation)|maintenance repairs"),
    ("housing.rental", r"\brent\b|rental|eviction|mortgage|help (find|pay for) housing|housing (search|counsel|expense)"),
    ("legal.civil_registry", r"(birth|death|marriage) certificat"),
    ("legal.asylum", r"asylum|asile|\basilo\b"),
    ("legal", r"immigration|citizenship|naturali[sz]ation|civil rights"),
    ("basic_needs.social_protection", r"social security|public benefits|government benefits|\bpension|disability benefits|unemployment (benefit|insurance)"),
    ("basic_needs.food", r"\bmeals?\b|food pantr|food (stamps|delivery)|groceries|thanksgiving (meal|basket)"),
    ("basic_needs.household_items", r"diaper|furniture|blanket|holiday gift|\btoys\b"),
    ("basic_needs", r"(utility|electric|gas|water|telephone|bill|heating)( \w+)? (payment|assistance)|help pay for"),
    ("employment", r"\bjobs?\b|career|skills training"),
    ("psychosocial.family", r"parenting|famil(y|ies) (support|preservation|life|counsel)"),
    ("psychosocial.individual", r"\bcounsell?ing\b|bereavement"),
    ("community.mentoring", r"mentor|buddy program|big brother"),
    ("community.centre", r"youth (development|enrichment|program)|boys girls clubs?|scouting|community action|recreation"),
    ("housing", r"^(housing|vivienda|logement)$"),
    ("basic_needs.food", r"^(food|alimentos)$"),
    ("basic_needs.household_items", r"^goods$"),
    ("employment", r"^work$"),
    ("business", r"livelihood|moyens d existence|medios de vida|سبل العيش"),
    ("education", r"^(education|educacion|educacao|تعليم|التعليم)"),
    ("health", r"^(health|sante|salud|saude|الصحه|صحه)"),
    ("information", r"^(coordination|coordinacion|information)"),
    ("legal", r"^(legal|justice|justicia|juridique)"),
    ("employment", r"^(employment|emploi|empleo|توظيف)"),
)  # fmt: skip

_OWNER_RULES: Final[tuple[tuple[str, str], ...]] = (
    ("red_cross", r"red cross|croix rouge|cruz roja|red crescent|croissant rouge|media luna|هلال احمر|الهلال الاحمر|الصليب الاحمر"),
    ("un", r"^un$|united nations|nations unies|naciones unidas|un agency|\bun agenc|الامم المتحده"),
    ("nngo_cso", r"(not|non) for profit|non profit|non lucratif|sin fines de lucro|national ngo|ong nacional|ong nationale|\bcso\b|civil society"),
    ("faith", r"faith|\bfbo\b|mission|chag\b|confession|islamic|relig|church|catholi|iglesia|eglise|muslim|diocese|كنيسه|ديني"),
    ("ingo", r"international (ngo|organi)|\bingo\b|\bongi\b|ong internacional|ong internationale|organismo internacional|منظمه دوليه"),
    ("nngo_cso", r"\bngos?\b|\bongs?\b|\bnngo\b|charit|associati|asociacion|منظمه غير حكوميه"),
    ("community_based", r"\bcbo\b|communit|communaut|comunit|مجتمع"),
    ("local_authority", r"local (gov|auth)|local government|municip|county|commune|collectivite|council|devolved|ayuntamiento|سلطه محليه|بلدي"),
    ("private", r"privat|prive|privad|company|entreprise|commercial|خاص"),
    ("academic", r"universit|academ|research|جامع"),
    ("national_authority", r"gov|publi[cq]|moh|ministr|federal|state|national|parastatal|etat|gobierno|estatal|nacional|police|military|armed|prison|حكوم|وزار|عام"),
)  # fmt: skip

_CODE_RULES: Final[tuple[tuple[str, str], ...]] = (
    # The 211 taxonomy of human services: the beginning of a code, longer ones first.
    ("BH-1800.1500-100", "housing.safe_shelter"), ("BH-1800", "housing.emergency"), ("BH-8600", "housing.temporary"),
    ("BH-3800", "housing.rental"), ("PH-1000", "information.case_management"), ("BD", "basic_needs.food"),
    ("BH", "housing"), ("BM", "basic_needs.household_items"), ("FL", "legal.police_courts"), ("FN", "legal.police_courts"),
    ("FT", "legal.aid"), ("H", "education"), ("LJ", "health.srh"), ("LN", "health.primary"), ("LR", "health.rehabilitation"),
    ("L", "health"), ("ND", "employment"), ("NL", "basic_needs.social_protection"), ("NS", "basic_needs.social_protection"),
    ("PL", "community.centre"), ("PN", "psychosocial.groups"), ("RX", "psychosocial.substance_use"), ("R", "psychosocial"),
    ("TJ", "information"),
)  # fmt: skip
_TAXONOMY_211: Final = re.compile(r"[A-Z]{1,2}(-\d{4}(\.\d{4}(-\d{3}(\.\d{2})?)?)?)?")

_COMPILED_TERMS = tuple((term, re.compile(pattern)) for term, pattern in _TERM_RULES)
_COMPILED_OWNERS = tuple((kind, re.compile(pattern)) for kind, pattern in _OWNER_RULES)
CATEGORIES: Final = frozenset(term.partition(".")[0] for term, _ in _TERM_RULES)
"""The categories of the taxonomy; each has a word here."""
_WITHOUT_MATERNITY: Final = re.compile(r"with(out)? maternity|(avec|sans) maternite")


@lru_cache(maxsize=4096)
def term_of(text: str) -> str | None:
    """Return the category that a kind of place stands for, None where no rule fits."""
    folded = _WITHOUT_MATERNITY.sub(" ", normalise(text))
    return next((term for term, rule in _COMPILED_TERMS if rule.search(folded)), None)


def term_of_code(code: str) -> str | None:
    """Return the category that a code of the 211 taxonomy stands for; None for other codes."""
    if not _TAXONOMY_211.fullmatch(code):
        return None
    return next((term for start, term in _CODE_RULES if code.startswith(start)), None)


@lru_cache(maxsize=4096)
def provider_type_of(text: str) -> str | None:
    """Return the provider type (DOMAIN 10.3) that an owner's description stands for."""
    folded = normalise(text)
    return next((kind for kind, rule in _COMPILED_OWNERS if rule.search(folded)), None)


def labels(names: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return every label of the taxonomy in every language, folded, with its code."""
    return {
        normalise(label): code
        for code, by_language in names.items()
        for label in by_language.values()
    }
