"""The column titles that an import recognises, in English, French, Spanish, Arabic and Portuguese.

Titles are compared after ``directory.text.normalise`` and without what stands in brackets. Beside
the fields of the listing file there are roles that lists of facilities have: ``country``,
``position`` (both numbers in one cell), ``region`` … ``ward`` and their codes, ``town``, ``kind``
(what the file calls type, category or sector) and ``ownership``.
"""

from collections.abc import Mapping
from typing import Final

ROLES: Final = (
    "country", "position", "region", "district", "subdistrict", "region_code", "district_code",
    "subdistrict_code", "town", "kind", "ownership", "shape", "source",
)  # fmt: skip

NAMES: Final[Mapping[str, str]] = {
    # Several names are separated by "|"; the field's own name is recognised anyway.
    "organization_name": "organisation|organization|organisation name|organization name|provider|provider name|agency|agency name|"
    "operator|operated by|managed by|managing organisation|implementing partner|implementing agency|implementing organisation|"
    "partner full name|partner name|partner|institution|institution name|org|org name|ngo|ngo name|"
    "nom de l organisation|organisme|nom de l organisme|prestataire|nom du prestataire|partenaire|partenaire de mise en oeuvre|"
    "organisation de mise en oeuvre|gestionnaire|structure responsable|"
    "organizacion|nombre de la organizacion|organizacion implementadora|entidad|nombre de la entidad|proveedor|institucion|"
    "socio implementador|organizacao|nome da organizacao|instituicao|entidade|"
    "المنظمة|اسم المنظمة|المؤسسة|اسم المؤسسة|الجهة|اسم الجهة|مقدم الخدمة|الشريك المنفذ|الجهة المنفذة",
    "organization_id": "organisation id|organization code|organisation code|org id|org code|provider id|agency id|"
    "id de l organisation|code de l organisation|id organizacion|codigo de la organizacion|رمز المنظمة|معرف المنظمة",
    "service_name": "service|name of service|service name|name|facility name|name of facility|facility|health facility|"
    "health facility name|name of health facility|facilityname|facility n|facility na|hf name|nom struct|nom fs|site name|name of site|point name|centre name|center name|"
    "hospital name|name of hospital|clinic name|school|school name|name of school|name of the school|nom ecole|name of institution|"
    "college name|name of college|title|programme name|program name|activity|activity name|official name|unit name|org unit name|orgunit name|"
    "nom|nom du service|nom de la structure|structure|nom de l etablissement|etablissement|nom etablissement|nom structure|"
    "nom de la formation sanitaire|formation sanitaire|fosa|nom fosa|nom de la fosa|nom du centre|centre de sante|"
    "structure sanitaire|nom de l ecole|ecole|nom du site|intitule|libelle|denomination|activite|"
    "nombre|nombre del servicio|servicio|nombre del establecimiento|establecimiento|establecimiento de salud|nombre establecimiento|"
    "nombre del centro|nombre de la escuela|unidad|nombre de la unidad|actividad|razon social|"
    "nome|nome do servico|servico|nome da unidade|unidade sanitaria|nome da unidade sanitaria|estabelecimento|nome do estabelecimento|"
    "الاسم|اسم|اسم الخدمة|الخدمة|اسم المرفق|المرفق|اسم المنشاه|المنشاه|اسم المركز|المركز|اسم المدرسه|المدرسه|اسم المستشفي|النشاط",
    "service_id": "id|code|service id|service code|facility id|facility code|facilityid|hf code|mfl code|mfl id|site code|school code|emis code|"
    "uid|uuid|unique id|uniq id|global id|facility uid|objectid|fid|identifier|ref|reference|globalid|osm id|act id|meta id|"
    "identifiant|code structure|code de la structure|code etablissement|code fosa|code de l ecole|code du service|"
    "identificador|codigo|codigo del establecimiento|codigo del servicio|clave|clues|codigo da unidade|feature|"
    "المعرف|الرمز|رمز المرفق|رمز الخدمه|كود|الرقم التعريفي",
    "description": "details|service description|remarks|comments|comment|notes|note|activity description|services offered|services|"
    "description du service|details du service|remarques|observations|commentaires|services offerts|description de l activite|"
    "descripcion|descripcion del servicio|detalles|observaciones|comentarios|descripcion de la actividad|servicios ofrecidos|"
    "descricao|observacoes|الوصف|وصف الخدمه|وصف|ملاحظات|تفاصيل",
    "taxonomy_terms": "taxonomy|taxonomy term|taxonomy codes|term|terms|category code|category codes|codes de categorie|codigos de categoria|رموز الفئات",
    "latitude": "lat|latitud|y|y coord|ycoord|y coordinate|gps latitude|latitude gps|lat dd|latitude dd|latdd|decimal latitude|geo lat|"
    "point y|coord y|coordonnee y|coordenada y|coord norte|gps y|latitude decimal|latitude decimale|lat y|latitude y|latnum|location latitude|"
    "coordinates latitude|gps lat|facility latitude|خط العرض|دائره العرض|العرض",
    "longitude": "lon|long|lng|longitud|x|x coord|xcoord|x coordinate|gps longitude|longitude gps|lon dd|longitude dd|londd|longdd|"
    "decimal longitude|geo lon|point x|coord x|coordonnee x|coordenada x|coord este|gps x|longitude decimal|longitude decimale|long x|longitude x|longnum|"
    "location longitude|coordinates longitude|gps long|gps lon|facility longitude|خط الطول|الطول",
    "position": "position|coordinates|coordinate|gps|gps coordinates|location 1|geolocation|geo location|geopoint|lat long|lat lon|"
    "latlong|latlon|latitude longitude|point|geo point|geo point 2d|geocode|"
    "coordonnees|coordonnees gps|coordenadas|coordenadas gps|ubicacion gps|الاحداثيات|احداثيات",
    "address": "street address|physical address|postal address|location address|full address|school address|street|address 1|addr full|address line|full adress|"
    "adresse|adresse physique|adresse complete|rue|direccion|domicilio|calle|endereco|العنوان|عنوان",
    "town": "city|village|locality|place|settlement|town city|city town|location|location name|community|nearest town|neighbourhood|loc name|"
    "ville|localite|commune|quartier|ville village|village quartier|lieu|nom du lieu|"
    "ciudad|localidad|poblado|comunidad|pueblo|barrio|lugar|nombre del lugar|cidade|localidade|bairro|المدينه|القريه|البلده|الموقع|الحي|المكان",
    "country": "country name|country code|iso|iso2|iso3|iso 2|iso 3|country iso|country iso3|admin0|adm0|admin 0|adm0 name|adm0 en|admin0name|pays|pais|nom du pays|code pays|"
    "codigo de pais|البلد|الدوله|اسم الدوله|رمز البلد|addr country",
    "region": "province|state|governorate|county|admin1|admin 1|adm1|adm1 name|admin1 name|admin1name|adm1 en|adm1 fr|adm1 es|admin level 1|"
    "first level|prefecture region|region name|province name|state name|county name|departement region|"
    "region sanitaire|gouvernorat|wilaya|nom de la region|nom region|dps|"
    "departamento|estado|provincia|region de salud|nombre del departamento|provincia estado|"
    "regiao|المحافظه|المنطقه|الولايه|الاقليم|اسم المحافظه",
    "district": "admin2|admin 2|adm2|adm2 name|admin2 name|admin2name|adm2 en|adm2 fr|adm2 es|district name|lga|lga name|local government area|sub region|"
    "sub county|department|zone|prefecture|cercle|departement|district sanitaire|zone de sante|nom du district|nom district|"
    "municipio|distrito|canton|nombre del municipio|القضاء|المديريه|الدائره|المقاطعه",
    "subdistrict": "admin3|admin 3|adm3|adm3 name|admin3 name|admin3name|adm3 en|adm3 fr|adm3 es|ward|ward name|subcounty|parish|payam|sub district|subdistrict|"
    "division|arrondissement|sous prefecture|aire de sante|corregimiento|aldea|الناحيه",
    "region_code": "pcode1|admin1 pcode|adm1 pcode|admin1pcode|adm1pcode|admin1 code|adm1 code|region code|state code|province code|code region",
    "district_code": "pcode2|admin2 pcode|adm2 pcode|admin2pcode|adm2pcode|admin2 code|adm2 code|district code|code district",
    "subdistrict_code": "pcode3|admin3 pcode|adm3 pcode|admin3pcode|adm3pcode|admin3 code|adm3 code|ward code",
    "area_code": "area|pcode|p code|admin code|area pcode|location code|code de zone|codigo de area|رمز المنطقه",
    "coverage_areas": "coverage|areas covered|service area|service areas|catchment area|coverage area|zones couvertes|zone de couverture|"
    "areas de cobertura|area de cobertura|zonas cubiertas|مناطق التغطيه|منطقه الخدمه",
    "coverage_radius_km": "radius|radius km|coverage radius|service radius|rayon|rayon km|rayon de couverture|radio|radio km|نصف القطر",
    "coverage_travel_minutes": "travel minutes|travel time|minutes of travel|temps de trajet|minutes de trajet|tiempo de viaje|minutos de viaje|وقت السفر",
    "coverage_travel_mode": "travel mode|means of travel|moyen de transport|medio de transporte|وسيلة النقل",
    "coverage_excluded_geojson": "excluded shape|shape not covered|zone exclue geojson|zona excluida geojson",
    "coverage_geojson": "coverage shape|coverage polygon",
    "shape": "geometry|geojson|geom|the geom|wkt|wkt geom|wkt geometry|wkb geometry|geometrie|geometria|geo shape",
    "coverage": "coverage type|reach|type de couverture|tipo de cobertura|نوع التغطيه",
    "minimum_age": "min age|age min|age from|minimum age|lowest age|age minimum|edad minima|idade minima|العمر الادني|الحد الادني للعمر",
    "maximum_age": "max age|age max|age to|maximum age|highest age|age maximum|edad maxima|idade maxima|العمر الاقصي|الحد الاقصي للعمر",
    "sexes": "sex|gender|genders|girls boys mixed|boys girls mixed|sexe|genre|sexo|genero|الجنس|النوع الاجتماعي",
    "profiles": "profile|eligible profiles|vulnerability profiles|profils|perfiles|الملفات",
    "required_documents": "documents|documents required|required documents|documents to bring|documents requis|pieces a fournir|pieces demandees|"
    "documentos|documentos requeridos|requisitos|documentos necessarios|الوثائق المطلوبه|المستندات المطلوبه|الوثائق",
    "languages": "language|languages spoken|spoken languages|langue|langues|langues parlees|idioma|idiomas|lenguas|linguas|اللغات|اللغه",
    "cost": "price|fee|cost type|payment|cout|prix|tarif|costo|coste|precio|custo|التكلفه|السعر",
    "fees_description": "fees|fee description|cost details|price details|frais|details des frais|tarifs|tarifas|detalle de costos|taxas|الرسوم",
    "opening_hours": "hours|opening times|hours of operation|business hours|working hours|schedule|open hours|"
    "horaires|heures d ouverture|horaires d ouverture|horario|horarios|horario de atencion|horario de funcionamento|"
    "ساعات العمل|اوقات الدوام|مواعيد العمل|اوقات العمل",
    "phone": "telephone|phone number|telephone number|tel|mobile|mobile number|contact phone|contact number|phone 1|phones|cell|contact mobile|"
    "telephone portable|numero de telephone|contact telephonique|telefono|numero de telefono|celular|telefone|الهاتف|رقم الهاتف|هاتف|الجوال",
    "email": "e mail|email address|mail|contact email|courriel|adresse email|correo|correo electronico|البريد الالكتروني|الايميل",
    "website": "web|url|web site|homepage|contact website|web address|site web|site internet|sitio web|pagina web|sitio|الموقع الالكتروني",
    "status": "operational status|operation status|functional status|facility status|functionality|service status|etat|statut|etat de fonctionnement|"
    "estado de funcionamiento|estado del servicio|estatus|situacao|الحاله|حاله التشغيل|الحاله التشغيليه",
    "status_until": "closed until|status end|ferme jusqu au|cerrado hasta|مغلق حتي",
    "capacity_available": "free places|places available|capacity|available capacity|beds available|capacite|places disponibles|capacidad|plazas disponibles|"
    "capacidade|السعه|الاماكن المتاحه",
    "wait_time_days": "waiting time|wait time|waiting days|waiting time days|delai d attente|temps d attente|tiempo de espera|dias de espera|مده الانتظار",
    "assured_date": "verified on|verified date|date verified|last verified|verification date|last updated|last update|date updated|updated|"
    "date de verification|derniere mise a jour|verifie le|date de mise a jour|"
    "fecha de verificacion|ultima actualizacion|fecha de actualizacion|actualizada|verificado el|تاريخ التحقق|اخر تحديث",
    "sensitivity": "sensitivity level|confidentiality|niveau de sensibilite|sensibilite|nivel de sensibilidad|sensibilidad|مستوي الحساسيه",
    "kind": "type|facility type|facility t|facility ty|facility level|type fs|service subcategory|type of facility|facilitytype|category|service category|service type|type of service|sector|cluster|"
    "sector cluster|kind|level of care|facility level|institution type|school type|type of school|school level|keph level|"
    "facility category|main category|area of work|thematic area|"
    "type d etablissement|type de structure|type structure|categorie|type de service|secteur|type de formation sanitaire|niveau|type d ecole|"
    "tipo|tipo de establecimiento|tipo de servicio|categoria|sector principal|tipo de centro|nivel de atencion|tipologia|"
    "tipo de unidade|nivel|النوع|نوع المركز|نوع المستشفي|نوع المدرسه|نوع المؤسسه|نوع المرفق|نوع الخدمه|الفئه|القطاع|نوع المنشاه|التصنيف",
    "ownership": "owner|ownership type|managing authority|management|public or private|public private|school sponsor|sponsor|operator type|"
    "type of ownership|facility ownership|organisation type|organization type|organisation category|type of organisation|org type|partner category|"
    "proprietaire|statut juridique|appartenance|secteur public prive|type d organisation|propriete|"
    "propietario|tipo de organizacion|tipo de organizacion implementadora|propiedad|titularidad|dependencia|proprietario|"
    "الملكيه|المالك|نوع المنظمه|جهه الاشراف",
    "landmark": "landmarks|nearby landmark|point de repere|repere|punto de referencia|referencia|ponto de referencia|علامه مميزه|معلم قريب",
    "location_name": "place name|building|building name|batiment|edificio|المبني",
    "access_flags": "accessibility|access|accessibilite|accesibilidad|اتاحه الوصول",
    "eligibility_description": "target group|target groups|target population|vulnerable group|beneficiary type|public cible|groupe cible|groupes cibles|"
    "grupo meta|poblacion meta|grupo objetivo|الفئه المستهدفه|الفئات المستهدفه|eligibility|eligibility criteria|criteria|criteres d eligibilite|eligibilite|criterios de elegibilidad|elegibilidad|شروط الاستحقاق",
    "application_process": "how to apply|referral process|procedure|comment s inscrire|procedure d acces|como solicitar|procedimiento|كيفيه التقديم",
    "open_to": "open for|ouvert a|abierto a",
    "alternate_name": "alternative name|other name|short name|acronym|autre nom|nom alternatif|sigle|otro nombre|nombre alternativo|siglas|اسم اخر|الاسم البديل",
    "organization_description": "organisation description|about the organization|about the organisation|description de l organisation|descripcion de la organizacion|وصف المنظمه",
    "help_level": "level of help|level of intervention|niveau d intervention|nivel de intervencion|مستوي التدخل",
    "programmes": "programme|program|programs|required programme|programme requis|programmes requis|programa|programas|programa requerido|البرنامج|البرامج",
    "minimum_months_since_return": "min months since return|minimum months after return|mois minimum depuis le retour|meses minimos desde el retorno|اقل عدد اشهر منذ العوده",
    "maximum_months_since_return": "max months since return|maximum months after return|mois maximum depuis le retour|meses maximos desde el retorno|اكثر عدد اشهر منذ العوده",
    "residence_areas": "residence area|must live in|zones de residence|zone de residence|areas de residencia|area de residencia|مناطق السكن|منطقه السكن",
    "intake": "intake status|admissions|accepting clients|accepting new people|admission|admissions ouvertes|admision|ingreso|القبول|استقبال الحالات",
    "intake_until": "intake closed until|admissions closed until|admission fermee jusqu au|admision cerrada hasta|القبول مغلق حتي",
    "referral_channel": "referral method|how to refer|method of referral|canal de reference|mode de reference|canal de remision|forma de remision|طريقه الاحاله|قناه الاحاله",
    "referral_role": "referral contact|focal point|focal point role|point focal|personne de contact|punto focal|contacto de remision|نقطه الاتصال|جهه الاتصال للاحاله",
    "response_hours": "response time|response time hours|answers within|delai de reponse|delai de reponse heures|tiempo de respuesta|tiempo de respuesta horas|مده الرد",
    "capacity_maximum": "total capacity|maximum capacity|total places|capacite totale|capacite maximale|capacidad total|capacidad maxima|السعه الكليه|السعه القصوي",
    "capacity_unit": "unit of capacity|capacity type|unite de capacite|unidad de capacidad|وحده السعه",
    "capacity_updated": "capacity date|capacity updated|capacity as of|capacite au|date de la capacite|capacidad al|fecha de capacidad|تاريخ السعه",
    "cost_amount": "amount|cost amount|fee amount|montant|monto|importe|المبلغ",
    "cost_currency": "currency|devise|monnaie|moneda|divisa|العمله",
    "cost_waiver": "fee waiver|waiver|exoneration|exoneration possible|exencion|exoneracion|الاعفاء",
    "alert": "notice|service alert|avis|alerte|aviso|alerta|تنبيه|اشعار",
    "alert_until": "notice until|alert until|alerte jusqu au|aviso hasta|التنبيه حتي",
    "valid_from": "offered from|start date|service start|valable du|date de debut|valido desde|fecha de inicio|صالح من|تاريخ البدء",
    "valid_to": "closed date|closeddate|closing date|date closed|date de fermeture|fecha de cierre|تاريخ الاغلاق|offered until|end date|service end|valable jusqu au|date de fin|valido hasta|fecha de fin|صالح حتي|تاريخ الانتهاء",
    "funding_source": "donor|funder|funded by|bailleur|bailleur de fonds|finance par|donante|financiador|financiado por|المانح|الممول",
    "funding_until": "funding end|funding end date|funded until|fin du financement|financement jusqu au|fin del financiamiento|financiado hasta|نهايه التمويل",
    "interpretation_services": "interpretation|interpreters|interpreting|interpretation services|interpretariat|services d interpretation|interprete|servicios de interpretacion|الترجمه الفوريه",
    "accreditations": "accreditation|accredite par|agrement|acreditacion|acreditaciones|الاعتماد",
    "licenses": "licence|licences|license|license number|licence number|numero de licence|licencia|licencias|الترخيص|رقم الترخيص",
    "complaint_channel": "complaints|complaint mechanism|feedback mechanism|feedback channel|plaintes|mecanisme de plaintes|mecanisme de retour|quejas|mecanismo de quejas|canal de quejas|الشكاوي|اليه الشكاوي",
    "further_facts": "further facts|other facts|autres informations|otros datos|معلومات اخري",
    "transportation": "transport|public transport|how to get there|directions|bus|comment s y rendre|acces transport|transports|transporte|como llegar|المواصلات|كيفيه الوصول",
    "location_type": "type of location|type de lieu|tipo de lugar|نوع الموقع",
    "precision_m": "accuracy|precision|gps accuracy|gps precision|precision gps",
}

HXL: Final[Mapping[str, str]] = {
    "geo+lat": "latitude", "geo+lon": "longitude", "geo+coord": "position",
    "country+name": "country", "country+code": "country", "country": "country", "adm0+name": "country", "adm0+code": "country",
    "adm1+name": "region", "adm1": "region", "adm1+code": "region_code", "adm1+pcode": "region_code",
    "adm2+name": "district", "adm2": "district", "adm2+code": "district_code", "adm2+pcode": "district_code",
    "adm3+name": "subdistrict", "adm3": "subdistrict", "adm3+code": "subdistrict_code", "adm3+pcode": "subdistrict_code",
    "loc+name": "town", "loc": "town", "org+name": "organization_name", "org": "organization_name",
    "org+impl": "organization_name", "org+type": "ownership", "sector": "kind", "sector+name": "kind", "sector+cluster": "kind",
    "subsector": "kind", "service": "service_name", "service+name": "service_name", "activity": "service_name",
    "activity+name": "service_name", "meta+id": "service_id", "loc+code": "service_id", "description": "description",
    "contact+phone": "phone", "contact+email": "email", "contact+url": "website", "access+hours": "opening_hours",
    "status": "status", "date+updated": "assured_date", "capacity": "capacity_available", "contact+address": "address",
}  # fmt: skip
"""HXL hashtags (with their first attribute) and the field each one stands for."""

OSM: Final[Mapping[str, str]] = {
    "@lat": "latitude", "@lon": "longitude", "@id": "service_id", "@shape": "shape",
    "name": "service_name", "operator": "organization_name", "description": "description",
    "phone": "phone", "contact:phone": "phone", "contact:mobile": "phone", "mobile": "phone",
    "email": "email", "contact:email": "email", "website": "website", "contact:website": "website",
    "url": "website", "opening_hours": "opening_hours", "addr:full": "address", "addr:country": "country",
    "addr:city": "town", "addr:village": "town", "operator:type": "ownership", "fee": "cost", "min_age": "minimum_age",
    "max_age": "maximum_age", "wheelchair": "access_flags", "capacity": "", "level": "", "charge": "fees_description",
    # Tables made of OpenStreetMap name the position and the number in their own way.
    "X": "longitude", "Y": "latitude", "x": "longitude", "y": "latitude", "lat": "latitude", "lon": "longitude",
    "latitude": "latitude", "longitude": "longitude", "osm_id": "service_id", "full_id": "service_id", "addr_full": "address",
    "addr_city": "town", "contact_number": "phone", "operator_type": "ownership",
}  # fmt: skip
"""OpenStreetMap keys and the field each one stands for; an empty field is left out on purpose."""

IMPLIED_TERMS: Final[Mapping[str, str]] = {
    # A title that says what every row is: "Name of School".
    "school": "education.school", "ecole": "education.school", "escuela": "education.school", "المدرسه": "education.school",
    "hospital": "health.hospital", "hopital": "health.hospital", "المستشفي": "health.hospital",
    "clinic": "health.primary", "health facility": "health.primary", "formation sanitaire": "health.primary",
    "fosa": "health.primary", "centre de sante": "health.primary", "establecimiento de salud": "health.primary",
    "unidade sanitaria": "health.primary", "structure sanitaire": "health.primary", "pharmacy": "health.medicines",
    "pharmacie": "health.medicines", "college": "training.vocational", "tvet": "training.vocational",
}  # fmt: skip
