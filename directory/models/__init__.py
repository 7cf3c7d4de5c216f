"""One file per HSDS table family; importing this package makes the metadata complete."""

from directory.models.account import Invitation, Membership, Role, SignInFailure, User
from directory.models.area import Area, AreaAdvisory, AreaCell, AreaName
from directory.models.area_profile import AreaIndicator, AreaProfile
from directory.models.base import Base, UtcDateTime
from directory.models.case import Case, CaseRead, Consent, Need, ShortlistItem
from directory.models.change import Change
from directory.models.contact import Contact, Phone, Url
from directory.models.country_pack import CountryPack
from directory.models.duplicate import DuplicatePair, Merge
from directory.models.import_run import ImportIssue, ImportMapping, ImportRow, ImportRun
from directory.models.language import Language
from directory.models.location import Accessibility, Address, Location
from directory.models.organization import (
    Agreement,
    Funding,
    Organization,
    OrganizationIdentifier,
    Program,
)
from directory.models.place import Place, PlaceName
from directory.models.referral import Message, Referral, ReferralEvent
from directory.models.schedule import Schedule
from directory.models.service import (
    Cost,
    CostOption,
    RequiredDocument,
    Sensitivity,
    Service,
    ServiceCapacity,
    ServiceStatus,
    Unit,
)
from directory.models.service_area import CoverageCell, CoverageKind, ServiceArea
from directory.models.service_at_location import Offer, OfferTerm, ServiceAtLocation
from directory.models.taxonomy import Attribute, Taxonomy, TaxonomyTerm
from directory.models.translation import Translation
from directory.models.upkeep import Feedback, IndexTask, ListingReport, Proposal
from directory.models.verification import (
    ConfirmLink,
    LinkCheck,
    UpkeepTask,
    Verification,
    Watch,
)
from directory.models.webhook import Webhook, WebhookDelivery, WebhookTold

__all__ = [
    "Accessibility",
    "Address",
    "Agreement",
    "Area",
    "AreaAdvisory",
    "AreaCell",
    "AreaIndicator",
    "AreaName",
    "AreaProfile",
    "Attribute",
    "Base",
    "Case",
    "CaseRead",
    "Change",
    "ConfirmLink",
    "Consent",
    "Contact",
    "Cost",
    "CostOption",
    "CountryPack",
    "CoverageCell",
    "CoverageKind",
    "DuplicatePair",
    "Feedback",
    "Funding",
    "ImportIssue",
    "ImportMapping",
    "ImportRow",
    "ImportRun",
    "IndexTask",
    "Invitation",
    "Language",
    "LinkCheck",
    "ListingReport",
    "Location",
    "Membership",
    "Merge",
    "Message",
    "Need",
    "Offer",
    "OfferTerm",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Place",
    "PlaceName",
    "Program",
    "Proposal",
    "Referral",
    "ReferralEvent",
    "RequiredDocument",
    "Role",
    "Schedule",
    "Sensitivity",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceStatus",
    "ShortlistItem",
    "SignInFailure",
    "Taxonomy",
    "TaxonomyTerm",
    "Translation",
    "Unit",
    "UpkeepTask",
    "Url",
    "User",
    "UtcDateTime",
    "Verification",
    "Watch",
    "Webhook",
    "WebhookDelivery",
    "WebhookTold",
]
