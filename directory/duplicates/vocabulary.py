"""The words of names that say what a place is, not which one it is, in the languages of our files.

A name is read as kinds (hospital, school …), marks that tell neighbours apart (north, girls,
primary …), numbers, and the rest, which is the name proper.
"""

from collections.abc import Mapping
from typing import Final

from directory.text import normalise


def _table(lines: str) -> Mapping[str, str]:
    """Read ``meaning: word word``; words are folded as names are."""
    table = {}
    for line in lines.strip().splitlines():
        meaning, _, words = line.strip().rpartition(": ")
        for word in words.split():
            table[normalise(word)] = meaning
    return table


def _folded(text: str) -> frozenset[str]:
    return frozenset(normalise(word) for word in text.split())


KINDS: Final = _table(
    """
    hospital: hospital hospitals hosp hopital hospitalier hospitaliere chu chr مستشفى
    clinic: clinic clinics clinique cliniques clinica clinicas clin عيادة
    polyclinic: polyclinic polyclinique policlinica
    centre: centre centres center centers centro centros ctr cntr hc chc cs phc مركز
    csps: csps cscom
    chps: chps
    medical centre: medicalcentre
    surgery: cma
    unit: unit unite unidad unidade phcu وحدة
    post: post poste posto puesto posts postes hp نقطة
    dispensary: dispensary dispensaire dispensario disp مستوصف
    maternity: maternity maternite maternidad maternidade mat ولادة
    pharmacy: pharmacy pharmacie farmacia صيدلية
    laboratory: laboratory laboratoire laboratorio lab مختبر
    mother and child: rch mch smi
    directorate: directorate direction
    training: training midwifery
    feeding: feeding nutrition
    school: school schools sch ecole ecoles escuela escola lycee مدرسة
    college: college colleges colegio collage كلية ኮሌጅ
    institute: institute institut instituto tvet معهد
    university: university universite universidad universidade univ univerity جامعة
    academy: academy academie academia acad aca أكاديمية
    shelter: shelter refuge albergue abrigo ملجأ
    office: office bureau oficina مكتب
    library: library biblioteca bibliotheque مكتبة
    church: church eglise iglesia
    camp: camp
    """
)

PHRASES: Final = (
    ("community based health planning and services", "chps"),
    ("centre de sante et de promotion sociale", "csps"),
    ("centre medical avec antenne chirurgicale", "cma"),
    ("centre medical", "medicalcentre"),
    ("medical centre", "medicalcentre"),
    ("medical center", "medicalcentre"),
    ("reproductive and child health", "rch"),
    ("primary health care unit", "phcu"),
    ("sub district", "subdistrict"),
    ("evangelical presbyterian", "ep"),
    ("after school", "afterschool"),
    ("poly technic", "polytechnic"),
)
"""Folded words that together mean another; the first that fits is replaced first."""

MARKS: Final = _table(
    """
    side:north: north nord norte northern شمال شمالي
    side:south: south sud sur southern جنوب جنوبي
    side:east: east est este eastern شرق شرقي
    side:west: west ouest oeste western غرب غربي
    side:central: central
    sex:girls: girls girl filles fille ninas meninas women womens woman female femmes mujeres بنات نساء
    sex:boys: boys boy garcons ninos men mens male hombres بنين رجال
    level:primary: primary prim primaire primaria elementary ابتدائي ابتدائية
    level:secondary: secondary sec secondaire secundaria high ثانوي ثانوية
    level:nursery: nursery preschool kindergarten prescolaire روضة
    tier:regional: regional regionale provincial provinciale state
    tier:district: district municipal municipale prefectoral communal
    tier:national: national nationale nacional federal
    age:old: old ancien ancienne viejo vieja
    age:new: new nouveau nouvelle nuevo nueva novo nova
    height:upper: upper haut haute alto alta
    height:lower: lower bas basse bajo baja
    faith:catholic: catholic cath catholique catolica catolico rc
    faith:presbyterian: presbyterian presby
    faith:methodist: methodist meth methodiste
    faith:adventist: adventist sda adventiste
    faith:anglican: anglican ack
    faith:baptist: baptist baptiste
    faith:muslim: islamic muslim ahmadiyya islamique
    faith:lutheran: lutheran kkkt elct
    faith:reformed: pcea ep
    faith:assembly: tag pag
    faith:pentecostal: pentecostal pentecost
    who:youth: youth teen teens adolescent adolescents jeunes juventud
    who:adult: adult adults adultes adultos
    who:senior: senior seniors elderly elder aines mayores
    who:veteran: veteran veterans
    who:family: family families familial famille familia familias
    who:child: child children enfants infantil
    scale:basic: basic base
    scale:comprehensive: comprehensive
    care:military: military militaire militar police prison prisons
    care:special: special
    care:gateway: gateway
    care:quality: teaching
    """
)

GENERIC: Final = _folded(
    """
    ሜዲካል ጤና health sante salud saude medical medico medicale medicalise medicalisee med medecine صحي الصحي صحة عام
    care soins community communautaire comunitario comunitaria comunidad general generale
    integrated integre integree intermediate reference referral rural urban urbain urbaine
    government gov govt public publique private prive privee promotion sociale social gem mixed day boarding
    services service programme program programs ltd inc llc trust
    the of and for in at on de du des la le les el los las y et da do dos das del l d a an al au aux
    """
)
"""Words that neither name nor tell apart."""

ALIASES: Final[Mapping[str, str]] = {
    "saint": "st", "sainte": "st", "san": "st", "santa": "st", "sao": "st",
    "mount": "mt", "doctor": "dr", "abou": "abu", "our": "", "no": "", "nr": "", "number": "",
    "numero": "", "n": "",
}  # fmt: skip
"""Words that are written in several ways."""

NUMBERS: Final[Mapping[str, str]] = {
    "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
    "x": "10", "xi": "11", "xii": "12",
    "i": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "premier": "1",
    "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "uno": "1", "dos": "2", "tres": "3",
    "1er": "1", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4", "2eme": "2", "3eme": "3",
}  # fmt: skip
"""Words that count."""
