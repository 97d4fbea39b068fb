"""What each piece of evidence is worth in the ranking. Learned by bench/tune_matching.py."""

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "meaning": 2.32,
    "gloss": 0.08,
    "words": 1.03,
    "concepts": 1.09,
    "shingles": 1.30,
    "groups": 1.66,
    "lines": 1.78,
    "place": 3.14,
    "spot": 1.64,
    "home": 0.74,
    "tongue": 1.73,
    "local": 0.63,
    "both": 2.46,
}
"""Evidence is 0 to about 1 each:

meaning: nearness of the encoder's vectors; gloss: the same, of the English words of a need in a
language that the encoder does not know. words, shingles: TF-IDF of words and of their parts.
concepts, groups: TF-IDF of what the tables know. lines: share of the fault lines. place: how well
somebody knows the place; spot: whether the profile names the town; home: how well somebody
knows the countries of the need's language, where it names none. tongue: speaks the need's
language (not asked of needs in English); local: speaks a language of the place. both: topic
times place."""
FULL = 16.0
"""The sum that counts as a complete fit."""
FIT, AWAKE, RESTED, RELIABLE = 0.92, 0.02, 0.04, 0.02
"""Parts of the score."""
