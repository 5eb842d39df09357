"""The errors a user can meet, each with one line that says what is wrong and what to do.

StorycheckError            ends the command with ``exit_code`` and its message, no traceback
├── InputError             exit 2: what was given cannot be used (no articles, OUT not writable)
├── ModelFileError         exit 2: the embedded model cannot be fetched, found or loaded
└── EndpointError          exit 3: the endpoint cannot be used: what is not stored will get no answer
    ├── AuthenticationFailed    the key is wrong or missing; a retry cannot help
    ├── ModelNotFound           the endpoint does not know the model; a retry cannot help
    ├── QuotaUsedUp             the account has nothing left; a retry cannot help
    ├── NotTrusted              its certificate does not fit, or it speaks no TLS; a retry cannot help
    └── EndpointDown            nothing answers there, after the retries

AnswerError                one call failed; recorded where it happened, the run goes on
├── AnswerTruncated        the answer hit the length limit; asking again as it was cannot help
├── AnswerInvalid          the answer never fitted the schema
├── AnswerRefused          the model or its content filter declined
├── ContextTooLong         the prompt does not fit the model's context; a shorter one can
├── EndpointLost           the endpoint cannot be used any more, see EndpointError; another run can
├── AnswerAwaited          it was handed in with a batch, and the answer is not there yet; another run can
├── BudgetReached          a cap of the user's was reached, so that it was not asked; another run can
└── CallFailed             the call itself failed, after the retries
"""


class StorycheckError(Exception):
    """Ends the command with one line and an exit code."""

    exit_code = 2


class InputError(StorycheckError):
    """What the user gave cannot be used."""


class ModelFileError(StorycheckError):
    """The embedded model cannot be fetched, found or loaded."""


class EndpointError(StorycheckError):
    """The endpoint cannot be used: every further call would fail the same way."""

    exit_code = 3


class AuthenticationFailed(EndpointError):
    """The endpoint refuses the key."""


class ModelNotFound(EndpointError):
    """The endpoint does not serve the model that was asked for."""


class QuotaUsedUp(EndpointError):
    """The account behind the key has nothing left to spend."""


class NotTrusted(EndpointError):
    """Who answers cannot prove to be the endpoint."""


class EndpointDown(EndpointError):
    """Nothing answers at the endpoint."""


class AnswerError(Exception):
    """One call failed; the run records it and goes on."""


class AnswerTruncated(AnswerError):
    """The answer was cut off at the length limit."""


class AnswerInvalid(AnswerError):
    """The answer never fitted its schema, even when asked again."""


class AnswerRefused(AnswerError):
    """The model, or a content filter, declined to answer."""


class ContextTooLong(AnswerError):
    """The prompt does not fit into the model's context."""


class EndpointLost(AnswerError):
    """The endpoint cannot be used any more; says why, as the EndpointError did."""


class AnswerAwaited(AnswerError):
    """The question is in a batch, whose answers are still to come."""


class BudgetReached(AnswerError):
    """The call was not made: it would have gone over a cap on what may be spent."""


class CallFailed(AnswerError):
    """The call failed after its retries."""


def stored_error(name: str, said: str) -> AnswerError | EndpointError:
    """Return the error that was stored under its ``name``; CallFailed where there is none of that name."""
    for base in (AnswerError, EndpointError):
        for kind in (base, *base.__subclasses__()):
            if kind.__name__ == name:
                found: AnswerError | EndpointError = kind(said)
                return found
    return CallFailed(said)
