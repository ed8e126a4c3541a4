"""Commands of the toy system.

`prepare` looks at the database as the owner, `demo` asks the server, `write` sends mail to whoever EMAIL_URL names and
says where mail is kept, `box` says that alone.
"""

import os
import smtplib
import sys
import urllib.request
from email.message import EmailMessage
from urllib.parse import urlsplit

import psycopg

if sys.argv[1] == "prepare":
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS visit (at timestamptz DEFAULT now())")
        owner.execute("INSERT INTO visit DEFAULT VALUES")
elif sys.argv[1] == "demo":
    with urllib.request.urlopen(sys.argv[2] + "/environment") as answer:
        print("demo saw", answer.read().decode())
    sys.exit(int(os.environ.get("TOY_EXIT", "0")))
elif sys.argv[1] == "write":
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "toy@example.com", "clerk@example.com", sys.argv[3]
    message["Message-ID"] = "<1@example.com>"
    message.set_content(f"{os.environ['SITE_URL']}\n.\n您好\n")
    where = urlsplit(os.environ["EMAIL_URL"])
    with smtplib.SMTP(where.hostname or "", where.port or 25, timeout=10) as line:
        line.send_message(message)
    print("the box is", sys.argv[2])
elif sys.argv[1] == "box":
    print("the box is", sys.argv[2])
