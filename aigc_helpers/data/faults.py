"""Why an address gave no file, and whether the address or this machine is to blame."""

import requests
import urllib3

# Faults of this machine, which every address meets: their kind, and what it is.
LOCAL = {
    "socks": "a SOCKS proxy is set, and Python has no package PySocks to use it",
    "proxy": "the proxy cannot be reached or refuses, or its address is wrong",
    "certificates": "the file of certificates is missing or damaged",
}


class TransferError(Exception):
    """Why an address gave no file.

    ``blames_host``: other files will fail there too. ``may_resume``: what arrived is
    kept and the same address is asked for the rest. ``local``: the kind of the fault,
    if it is this machine's own; then no host is to blame.
    """

    def __init__(self, reason, *, blames_host=True, may_resume=False, local=None):
        super().__init__(reason)
        self.blames_host = blames_host and not local
        self.may_resume = may_resume
        self.local = local


_EXPLANATIONS = (  # the first that fits
    (requests.exceptions.ConnectTimeout, "no connection in time"),
    (requests.exceptions.Timeout, "no answer in time"),
    (requests.exceptions.SSLError, "TLS certificate or handshake fails"),
    (requests.exceptions.ConnectionError, "no connection"),
    (urllib3.exceptions.TimeoutError, "no further bytes in time"),
)


def explain(error: Exception) -> TransferError:
    """An exception of the network library, in words without its addresses."""
    if local := _local_kind(error):
        return TransferError(LOCAL[local], local=local)
    for kind, words in _EXPLANATIONS:
        if isinstance(error, kind):
            return TransferError(words)
    if isinstance(error, (urllib3.exceptions.ProtocolError, OSError)):
        if not isinstance(error, requests.exceptions.RequestException):
            return TransferError("the connection was cut", may_resume=True)
    return TransferError(f"not usable: {type(error).__name__}")


def _local_kind(error: Exception) -> str | None:
    """Which fault of this machine it is, if any; the address itself is a good one."""
    if isinstance(error, requests.exceptions.InvalidSchema):
        return "socks"
    wrong_proxy = (
        requests.exceptions.ProxyError,
        requests.exceptions.InvalidURL,  # its address, since the file's is good
        ValueError,  # socks:// without a version
    )
    if isinstance(error, wrong_proxy) or _comes_from_socks(error):
        return "proxy"
    # requests raises a bare OSError for a missing file, OpenSSL speaks of X509.
    if type(error) is OSError and "certificate" in str(error):
        return "certificates"
    if isinstance(error, requests.exceptions.SSLError) and "[X509" in str(error):
        return "certificates"
    return None


def _comes_from_socks(error: BaseException | None) -> bool:
    """Whether PySocks raised it, or what it was raised from."""
    while error is not None:
        if type(error).__module__ == "socks":
            return True
        error = error.__cause__ or error.__context__
    return False


def is_web_address(url: str) -> bool:
    """Whether the network library can ask at ``url``."""
    try:
        requests.Request("GET", url).prepare()
    except ValueError:  # as all its complaints about addresses are
        return False
    return url.lower().startswith(("http://", "https://"))
