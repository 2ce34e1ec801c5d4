"""Calls to the card processor."""

import json
import urllib.request

ENDPOINT = "https://cards.processor.example/charge"
TIMEOUT_SECONDS = 8


class Declined(Exception):
    """The processor said no; the customer is told so and may try another card."""


def charge(order_id: str, amount: int, currency: str, token: str) -> str:
    """Charge a card and return the processor's id of the charge."""
    body = json.dumps({"order": order_id, "amount": amount, "currency": currency, "source": token})
    request = urllib.request.Request(
        ENDPOINT,
        data=body.encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        answer = json.load(response)
    if answer["state"] == "declined":
        raise Declined(answer["reason"])
    return answer["id"]
