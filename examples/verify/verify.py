"""Proves a number with Python 3.9 or later: SEKISHO_URL=https://login.example.co.jp SEKISHO_KEY=… python3 verify.py 090-1234-5678 203.0.113.7"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid


def call(path, body, headers=None):
    """Calls the API; a network error is raised, a refusal is an answer."""
    request = urllib.request.Request(
        os.environ["SEKISHO_URL"] + "/api/v1" + path,
        data=json.dumps(body).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["SEKISHO_KEY"],
            "Content-Type": "application/json",
            **(headers or {}),
        },
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


# The same key again within a day gives the same answer: a repeated call sends nothing twice.
# The address of the person, in your server that of the request: it keeps one person from having many numbers texted.
person = {"clientIp": sys.argv[2]} if len(sys.argv) > 2 else {}
status, made = call(
    "/verifications",
    {"to": sys.argv[1], "channel": "sms", "locale": "ja", **person},
    {"Idempotency-Key": str(uuid.uuid4())},
)
if status != 201:
    sys.exit(f"送れませんでした: {made.get('code')}")
# In your server, keep the id in the session of the person, never in the browser.
print(f"{made['to']} に認証コードを送りました。電話で聞くときは call と入力してください。", flush=True)

print("認証コード: ", end="", flush=True)
for line in sys.stdin:
    code = line.strip()
    if code == "call":
        status, sent = call(f"/verifications/{made['id']}/send", {"channel": "voice"})
        print("電話でお伝えします。" if status == 202 else f"電話をかけられませんでした: {sent.get('code')}", flush=True)
        continue
    status, checked = call(f"/verifications/{made['id']}/check", {"code": code})
    if status == 200:
        print("approved", flush=True)
        sys.exit(0)
    if status != 422:
        sys.exit(f"終わりました: {checked.get('code')}")
    wrong = checked.get("code") == "code_wrong"
    print(f"違います。あと{checked['attemptsLeft']}回です。" if wrong else "6桁の数字を入力してください。", file=sys.stderr, flush=True)
sys.exit(1)
