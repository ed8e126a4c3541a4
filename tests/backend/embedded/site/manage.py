"""Commands of the toy system: `prepare` looks at the database as the owner, `demo` asks the server."""

import os
import sys
import urllib.request

import psycopg

if sys.argv[1] == "prepare":
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS visit (at timestamptz DEFAULT now())")
        owner.execute("INSERT INTO visit DEFAULT VALUES")
elif sys.argv[1] == "demo":
    with urllib.request.urlopen(sys.argv[2] + "/environment") as answer:
        print("demo saw", answer.read().decode())
    sys.exit(int(os.environ.get("TOY_EXIT", "0")))
