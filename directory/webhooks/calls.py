"""One call as it travels: JSON that names listings and nothing else of them, signed."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from directory import tokens
from directory.webhooks.changes import Parcel

SIGNATURE: Final = "X-Homeward-Signature"
DELIVERY: Final = "X-Homeward-Delivery"
SECRET_LENGTH: Final = 40
"""Five bits each."""


@dataclass(frozen=True, slots=True)
class Sender:
    """This site as receivers know it: its secret key, and the address that links begin with."""

    secret_key: str
    site_url: str


@dataclass(frozen=True, slots=True)
class Call:
    """Body and headers."""

    body: bytes
    headers: dict[str, str]


def secret_of(webhook_id: uuid.UUID, secret_key: str) -> str:
    """The secret that sender and receiver share; it follows from the site's and is stored nowhere."""
    return tokens.derive(
        secret_key,
        purpose="webhook",
        subject=webhook_id,
        generation=0,
        length=SECRET_LENGTH,
    )


def make_call(
    sender: Sender,
    webhook_id: uuid.UUID,
    parcel: Parcel,
    *,
    told_at: datetime,
    now: datetime,
    is_test: bool = False,
) -> Call:
    """Write a parcel down. ``since`` is what ``modified_after`` must be to find all that changed."""
    since = min([told_at, *(one.last_modified for one in parcel.changed)])
    said: dict[str, Any] = {
        "webhook": webhook_id,
        "sent_at": _moment(now),
        "since": _moment(since),
        "changed": [
            {
                "id": one.service_id,
                "last_modified": _moment(one.last_modified),
                "url": f"{sender.site_url}/api/v1/hsds/services/{one.service_id}",
            }
            for one in parcel.changed
        ],
        "gone": list(parcel.gone),
        "more": parcel.has_more,
    }
    if is_test:
        said["test"] = True
    body = orjson.dumps(said)
    return Call(
        body,
        {
            "Content-Type": "application/json",
            "User-Agent": "Homeward",
            DELIVERY: str(uuid.uuid4()),
            SIGNATURE: sign(body, secret_of(webhook_id, sender.secret_key)),
        },
    )


def sign(body: bytes, secret: str) -> str:
    """The signature of a body: HMAC with SHA-256 under the shared secret, in hexadecimal."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
