import json
import os
import re
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from sign.python_pyjwt import attendee_token

platform = "VOILA_URL"
show = f"{platform}/PROGRAM_ID"
policy = f"default-src 'self'; script-src 'self' {platform}; frame-src {platform}"

# This is your own sign-in's place.
users = json.loads(Path("users.json").read_text())
sessions = {}


def token_of(user):
    return attendee_token(
        {"id": user["id"], "first_name": user["firstName"], "last_name": user["lastName"], "email": user["email"]}
    )


class Intranet(BaseHTTPRequestHandler):
    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        common = {"content_security_policy": policy, "cache_control": "no-store", "content_length": len(body)}
        for name, value in {**common, **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def user(self):
        found = re.search(r"\baldermoor=([\w-]+)", self.headers.get("cookie", ""))
        return sessions.get(found[1]) if found else None

    def form(self):
        length = min(int(self.headers.get("content-length", 0)), 1_000)
        return {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}

    def do_GET(self):
        user = self.user()
        if self.path == "/":
            self.answer(200, Path("start.html").read_bytes(), content_type="text/html")
        elif self.path == "/watch.js":
            self.answer(200, Path("watch.js").read_bytes(), content_type="text/javascript")
        elif self.path not in ("/watch", "/all-hands"):
            self.answer(404)
        elif user is None:
            self.answer(302, location="/")
        elif self.path == "/watch":
            self.answer(200, Path("watch.html").read_bytes(), content_type="text/html")
        else:
            self.answer(302, location=f"{show}?token={token_of(user)}", referrer_policy="no-referrer")

    def do_POST(self):
        form = self.form()
        if self.path == "/voila-token":
            user = self.user()
            self.answer(401) if user is None else self.answer(200, token_of(user).encode(), content_type="text/plain")
        elif self.path == "/sign-in":
            given = (form.get("email"), form.get("password"))
            user = next((user for user in users if (user["email"], user["password"]) == given), None)
            if user is None:
                return self.answer(401, b"This address and this password do not go together.", content_type="text/plain")
            session = str(uuid.uuid4())
            sessions[session] = user
            self.answer(303, location="/", set_cookie=f"aldermoor={session}; Path=/; HttpOnly; SameSite=Lax")
        else:
            self.answer(404)

    def log_message(self, *_):
        """Says nothing: the address of the redirect would hold the token."""


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Intranet).serve_forever()
