"""Client of Prism: one session that is kept, typed calls for what is done most, stubs for everything else."""

from prism_sdk._client import PrismClient
from prism_sdk._errors import PrismError
from prism_sdk._stream import Stream
from prism_sdk._values import as_dict, condition, to_value

__all__ = ["PrismClient", "PrismError", "Stream", "as_dict", "condition", "to_value"]
