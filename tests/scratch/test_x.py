import time, sys, os
import pytest
from tests.policy.world import World, ACTORS
from tests.hostile.openapi import Driver
from schemathesis import GenerationMode

pytestmark = pytest.mark.django_db


def test_x(db, run_jobs):
    w = World(run_jobs)
    w.other.report([w.other.row(n) for n in (101, 102)])
    d = Driver(w)
    ops = d.operations()
    n = int(os.environ.get("N", "2"))
    t = time.process_time()
    with d.running():
        for i, op in enumerate(ops):
            for j, mode in enumerate((GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):
                actors = ACTORS if os.environ.get("ALL") else (ACTORS[1 + (i + j) % 6],)
                d.try_out(op, actors, mode, n)
    print("total", time.process_time() - t)
    print(d.cases, d.statuses)
    print(len(d.defects))
    for k, v in d.defects.items():
        print("DEFECT", k, "::", v.replace("\n", " ")[:1200])
    assert 0
