"""Words that list columns know beside their codes, in English, French, Spanish, Arabic, Portuguese."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from babel import Locale

from directory.taxonomy import codes
from directory.text import normalise


def _table(**words: str) -> Mapping[str, str]:
    return {
        normalise(word): code.replace("__", " ")
        for code, text in words.items()
        for word in text.split("|")
    }


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "cost": _table(
        free="free|free of charge|no cost|gratuit|gratuite|gratis|gratuito|gratuita|no|مجاني|مجانا|بلا مقابل",
        subsidised="subsidised|subsidized|reduced|reduced price|subventionne|tarif reduit|subsidiado|subvencionado|precio reducido|subsidiado|مدعوم|مخفض",
        paid="paid|fee|for a fee|payant|payante|de pago|pagado|pago|yes|مدفوع|بمقابل",
    ),
    "status": _table(
        active="active|open|operational|functional|functioning|working|in operation|yes|actif|active|ouvert|fonctionnel|operationnel|en service|activo|abierto|operativo|funcional|en funcionamiento|ativo|aberto|نشط|مفتوح|يعمل|عامل",
        inactive="inactive|closed|not functional|non functional|not operational|not functioning|non operational|inactif|ferme|non fonctionnel|inactivo|cerrado|no operativo|fechado|inativo|غير نشط|مغلق|لا يعمل",
        defunct="defunct|permanently closed|abandoned|destroyed|demolished|ferme definitivement|abandonne|detruit|cerrado permanentemente|abandonado|destruido|مغلق نهائيا|مدمر",
        temporarily__closed="temporarily closed|closed temporarily|suspended|temporairement ferme|ferme temporairement|suspendu|cerrado temporalmente|temporalmente cerrado|suspendido|مغلق مؤقتا|مغلق موقتا",
    ),
    "coverage": _table(
        national="national|nationwide|whole country|country|nationale|tout le pays|nacional|todo el pais|وطني|كل البلد",
        remote="remote|online|phone|by phone|hotline|helpline|a distance|en ligne|par telephone|remoto|remota|en linea|a distancia|por telefono|عن بعد|هاتفي",
    ),
    "coverage_travel_mode": _table(
        walk="walk|walking|on foot|foot|a pied|marche|a pie|caminando|سيرا|مشيا",
        public_transport="public transport|bus|taxi|shared taxi|transport en commun|transporte publico|autobus|حافله|نقل عام",
        car="car|driving|by car|voiture|en voiture|coche|carro|en coche|سياره",
    ),
    "sexes": _table(
        female="female|females|f|woman|women|girl|girls|girls only|women only|women and girls|femme|femmes|fille|filles|mujer|mujeres|nina|ninas|femenino|feminino|انثي|اناث|نساء|بنات|امراه",
        male="male|males|m|man|men|boy|boys|boys only|men only|homme|hommes|garcon|garcons|hombre|hombres|nino|ninos|masculino|masculin|ذكر|ذكور|رجال|اولاد",
        other="other|autre|otro|otra|اخر",
        all="all|both|mixed|any|mixte|tous|toutes|tous sexes|ambos|mixto|todos|mixto|both sexes|everyone|الكل|الجميع|مختلط|كلاهما",
    ),
    "access_flags": _table(
        step_free="yes|wheelchair|wheelchair accessible|accessible|oui|si|true|fauteuil roulant|silla de ruedas|نعم",
        none="no|non|limited|false|designated|لا",
    ),
    "sensitivity": _table(L0="l0|0|public", L1="l1|1", L2="l2|2", L3="l3|3"),
    "open_to": _table(
        returnees="returnees|retornados|personnes de retour|العائدون",
        returnees_and_residents="returnees and residents|everyone|all|tous|todos|الجميع",
        residents="residents|habitants|residentes|السكان",
    ),
    "help_level": _table(
        individual="individual|individuel|individuelle|فردي",
        community="community|communautaire|comunitario|comunitaria|communaute|comunidad|مجتمعي|مجتمع",
        structural="structural|structurel|structurelle|estructural|هيكلي|بنيوي",
    ),
    "intake": _table(
        open="open|ouvert|ouverte|abierto|abierta|مفتوح",
        waiting_list="waiting list|waitlist|liste d attente|lista de espera|قائمه انتظار",
        by_appointment="by appointment|sur rendez vous|con cita|con cita previa|بموعد",
        closed="closed|ferme|fermee|cerrado|cerrada|مغلق",
    ),
    "referral_channel": _table(
        phone="phone|telephone|tel|telefono|هاتف|بالهاتف",
        email="email|e mail|mail|courriel|correo|correo electronico|بريد الكتروني",
        electronic="electronic|online|electronique|en ligne|electronico|en linea|الكتروني",
        in_person="in person|en personne|en persona|شخصيا|حضوريا",
        letter="letter|lettre|courrier|carta|رساله",
    ),
    "location_type": _table(
        physical="physical|physique|fisico|fisica|مادي",
        postal="postal|postale|postal address|بريدي",
        virtual="virtual|online|virtuel|virtuelle|en linea|افتراضي",
    ),
    "required_documents": _table(
        national_id="national id|id|id card|identity card|national identity card|carte d identite|carte nationale|cni|cedula|dni|documento de identidad|بطاقه الهويه|هويه|الهويه الوطنيه",
        passport="passport|passeport|pasaporte|جواز السفر|جواز سفر",
        birth_certificate="birth certificate|acte de naissance|certificat de naissance|extrait de naissance|acta de nacimiento|partida de nacimiento|certificado de nacimiento|شهاده الميلاد|شهاده ميلاد",
        residence_certificate="residence certificate|certificate of residence|proof of residence|certificat de residence|certificado de residencia|شهاده سكن|شهاده اقامه",
        referral_letter="referral letter|referral|lettre de reference|lettre de referencement|carta de referencia|carta de remision|رساله احاله|خطاب احاله",
        medical_record="medical record|medical records|dossier medical|expediente medico|historia clinica|سجل طبي|ملف طبي",
        school_record="school record|school records|bulletin scolaire|dossier scolaire|expediente escolar|سجل مدرسي",
        proof_of_return="proof of return|preuve de retour|constancia de retorno|prueba de retorno|اثبات العوده",
        photo="photo|photograph|photos|passport photo|photo d identite|foto|fotografia|صوره|صوره شخصيه",
    ),
}  # fmt: skip

CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "cost": codes.COSTS,
    "status": codes.STATUSES,
    "coverage": codes.COVERAGES,
    "coverage_travel_mode": codes.TRAVEL_MODES,
    "sexes": codes.SEXES,
    "profiles": codes.PROFILES,
    "access_flags": codes.ACCESS_FLAGS,
    "return_modalities": codes.RETURN_MODALITIES,
    "sensitivity": codes.SENSITIVITIES,
    "open_to": codes.OPEN_TO,
    "provider_type": codes.PROVIDER_TYPES,
    "verification_method": codes.VERIFICATION_METHODS,
    "required_documents": codes.DOCUMENTS,
    "help_level": codes.HELP_LEVELS,
    "intake": codes.INTAKES,
    "referral_channel": codes.REFERRAL_CHANNELS,
    "location_type": codes.LOCATION_TYPES,
}
"""The closed lists, by field of the listing file."""

_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    field: {normalise(label): code for code, label in table.items()}
    for field, table in CODES.items()
}


@lru_cache(maxsize=8192)
def code_of(field: str, word: str) -> str | None:
    """Return the code that a word stands for in a field; None where the field does not know it.

    ``all`` (for sexes) and ``none`` (for access) mean that nothing is to be stored.
    """
    if word in CODES[field]:
        return word
    folded = normalise(word)
    for code in CODES[field]:
        if folded == normalise(code):
            return code
    return _WORDS.get(field, {}).get(folded) or _LABELS[field].get(folded)


_YES: Final = frozenset(
    map(normalise, ("yes", "y", "true", "1", "oui", "si", "sí", "sim", "نعم"))
)
_NO: Final = frozenset(map(normalise, ("no", "n", "false", "0", "non", "não", "لا")))


def yes_or_no(word: str) -> bool | None:
    """Return what a word for yes or no says; None where it is neither."""
    folded = normalise(word)
    return True if folded in _YES else False if folded in _NO else None


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, str]:
    """Names of languages in six languages, folded, to their two letters."""
    table: dict[str, str] = {}
    for speaker in ("pt", "ar", "es", "fr", "en"):
        for code, name in Locale(speaker).languages.items():
            if len(code) in {2, 3}:
                table[normalise(name)] = code
    return table


@lru_cache(maxsize=4096)
def language_of(word: str) -> str | None:
    """Return the ISO 639 code of a language given by code or name; None where it is not known."""
    plain = word.strip().lower().replace("_", "-").partition("-")[0]
    if plain in _ALPHA3:
        return _ALPHA3[plain]
    if len(plain) in {2, 3} and plain in Locale("en").languages:
        return plain
    if named := _languages().get(normalise(word)):
        return named
    is_code = _ISO_639_3.fullmatch(word.strip()) and word.strip() not in _NO_LANGUAGES
    return word.strip() if is_code else None


_ISO_639_3: Final = re.compile(r"[a-z]{3}")
"""HSDS 3.1 allows these codes for the thousands of languages that have no shorter one: mam, kek."""
_NO_LANGUAGES: Final = frozenset(
    {"all", "any", "oui", "non", "yes", "tbd", "nil", "etc"}
)
_ALPHA3: Final[Mapping[str, str]] = {
    "eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "ara": "ar", "por": "pt", "amh": "am", "som": "so",
    "swa": "sw", "hau": "ha", "yor": "yo", "ibo": "ig", "wol": "wo", "tir": "ti", "orm": "om", "kur": "ku",
}  # fmt: skip
