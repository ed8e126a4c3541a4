"""What may go wrong, and who may mean it: forty cases, of which these are here by their numbers.

========= =============================================================================================
3, 4, 5   ``posting/``: deaths before the bell, after the mail server's 250, and forty at random
14 to 17  ``posting/test_14_to_17_beats.py``: two beats, none for days, a wrong clock, tasks that come twice
20 to 23  ``house/test_20_to_23_at_once.py``: the same thing from many sides at one moment
24        ``test_24_ten_thousand.py``: every book against a model after ten thousand operations
25 to 27  ``house/test_25_to_27_bombs.py``: workbooks that cost more than they weigh
28        ``house/test_28_names.py``: what files are called
29        ``house/test_29_foreign.py``, ``test_29_scanner.py``: what is no table, what a scanner finds
30        ``house/test_30_encodings.py``: text in two encodings, or cut off
31        ``test_31_formulas.py``: every file that leaves the house
32        ``house/test_32_cells.py``: what spreadsheets and fingers do to numbers and days
38        ``test_38_outbound.py``: webhooks that lead inside
========= =============================================================================================

``posting/`` reminds by real workers; a mail server in a process of its own says what came. ``house/`` sends files and
batches to a whole house, site and worker, and beyond the forty what else an enemy would think of; ``dying/`` lets a
worker die at each stage of a submission. Those that take long are marked ``hostile``.
"""
