"""What the claims of finished runs are like: ``python -m benchmarks.claims OUT [STORY] [OUT [STORY] …]``."""

from benchmarks.claims.measure import (
    ClaimQuality,
    Share,
    SpeakerScore,
    Support,
    claims_of,
    is_standalone,
    measure_claims,
    near_equal,
    own_support,
    score_speakers,
)

__all__ = [
    "ClaimQuality",
    "Share",
    "SpeakerScore",
    "Support",
    "claims_of",
    "is_standalone",
    "measure_claims",
    "near_equal",
    "own_support",
    "score_speakers",
]
