import time
import uuid
from pathlib import Path

import jwt

organization_id = "ORGANIZATION_ID"
program_id = "PROGRAM_ID"
kid = "KID"
private_key = Path("private.pem").read_text()


def attendee_token(user):
    """A token for one of your users, good for coming in during the next five minutes."""
    now = int(time.time())
    return jwt.encode(
        {
            "organization_id": organization_id,
            "token_use": "selfcontained-access",
            "sub": user["id"],
            "given_name": user["first_name"],
            "family_name": user["last_name"],
            "email": user["email"],
            "roles": [{"name": "ROLE_ATTENDEE", "eventId": program_id}],
            "sharePersonalData": False,
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
        },
        private_key,
        algorithm="ES256",
        headers={"kid": kid},
    )


if __name__ == "__main__":
    print(attendee_token({"id": "4711", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@aldermoor.example"}))
