"""How long people stay: who is asked, when, what is answered, and what follows from it."""
