"""Check that a run put exactly the rows into quarantine that were made wrong, each for the reason for which it is wrong.

    lumbung quarantine list --limit 0 --json | python salah.py SALAH.JSON
"""

import collections
import json
import sys

want = collections.Counter(json.load(open(sys.argv[1])))
rows = collections.defaultdict(set)
for f in json.load(sys.stdin):
    rows[f["release"], f["row"]].add(f["rule"])
# A wrong index also breaks the formula; a village without people has no scores at all.
got = collections.Counter(next(k for k in ("kode-induk", "one_of", "range", "required", "type", "rumus-idm") if k in r) for r in rows.values())
if empty := got.pop("required", 0):
    print(f"{empty} rows of villages without scores")
if got != want:
    sys.exit(f"in quarantine {dict(got)}, made wrong {dict(want)}")
print(f"{sum(want.values())} wrong rows, all in quarantine: {dict(want)}\n")
