"""Why an address gave no file, and whether the address or this machine is to blame."""

import re
from collections.abc import Iterator

import requests
import urllib3

from aigc_helpers.reader import ForReader

# Faults of this machine, which every address meets: their kind, and what it is.
LOCAL = {
    "socks": (
        "a SOCKS proxy is set, and Python has no package PySocks to use it",
        "设置了 SOCKS 代理，而 Python 缺少使用它的 PySocks",
    ),
    "proxy": (
        "the proxy cannot be reached or wants a password, or its address is wrong",
        "代理连不上，或者代理的地址、密码写错了",
    ),
    "certificates": (
        "the file of certificates is missing or damaged",
        "证书文件不存在，或者已损坏",
    ),
}


class TransferError(ForReader, Exception):
    """Why an address gave no file, in English and in Chinese.

    ``blames_host``: other files will fail there too. ``may_resume``: what arrived is
    kept and the same address is asked for the rest. ``local``: the kind of the fault,
    if it is this machine's own; then no host is to blame.
    """

    def __init__(
        self, reason, chinese, *, blames_host=True, may_resume=False, local=None
    ):
        super().__init__(reason, chinese)
        self.blames_host = blames_host and not local
        self.may_resume = may_resume
        self.local = local


_EXPLANATIONS = (  # the first that fits
    (requests.exceptions.ConnectTimeout, "no connection in time", "连接超时"),
    (requests.exceptions.Timeout, "no answer in time", "等不到回答"),
    (
        requests.exceptions.SSLError,
        "TLS certificate or handshake fails",
        "TLS 证书不对，或者握手失败",
    ),
    (requests.exceptions.ConnectionError, "no connection", "连不上"),
    (urllib3.exceptions.TimeoutError, "no further bytes in time", "传到一半没有了下文"),
)
# A proxy's answer to CONNECT, but for 407 (it wants a password), or PySocks' words.
_REFUSAL = re.compile(
    "OSError Tunnel connection failed: (?!407)|SOCKS5Error |SOCKS4Error 0x5b"
)


def explain(error: Exception) -> TransferError:
    """An exception of the network library, in words without its addresses."""
    if _is_refused_by_proxy(error):
        english = "the proxy works, but does not reach this host"
        return TransferError(english, "代理能用，但连不上这个网站")
    if local := _local_kind(error):
        return TransferError(*LOCAL[local], local=local)
    for kind, *words in _EXPLANATIONS:
        if isinstance(error, kind):
            return TransferError(*words)
    if isinstance(error, (urllib3.exceptions.ProtocolError, OSError)):
        if not isinstance(error, requests.exceptions.RequestException):
            return TransferError("the connection was cut", "连接断了", may_resume=True)
    name = type(error).__name__
    return TransferError(f"not usable: {name}", f"用不了：{name}")


def _is_refused_by_proxy(error: Exception) -> bool:
    """Whether a proxy that works says that it does not reach the host."""
    said = (f"{type(one).__name__} {one}" for one in _with_causes(error))
    return any(_REFUSAL.match(words) for words in said)


def _local_kind(error: Exception) -> str | None:
    """Which fault of this machine it is, if any; the address itself is a good one."""
    if isinstance(error, requests.exceptions.InvalidSchema):
        return "socks"
    wrong_proxy = (
        requests.exceptions.ProxyError,
        requests.exceptions.InvalidURL,  # its address, since the file's is good
        ValueError,  # socks:// without a version
    )
    from_socks = any(type(one).__module__ == "socks" for one in _with_causes(error))
    if isinstance(error, wrong_proxy) or from_socks:
        return "proxy"
    # requests raises a bare OSError for a missing file, OpenSSL speaks of X509.
    if type(error) is OSError and "certificate" in str(error):
        return "certificates"
    if isinstance(error, requests.exceptions.SSLError) and "[X509" in str(error):
        return "certificates"
    return None


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def is_web_address(url: str) -> bool:
    """Whether the network library can ask at ``url``."""
    try:
        requests.Request("GET", url).prepare()
    except ValueError:  # as all its complaints about addresses are
        return False
    return url.lower().startswith(("http://", "https://"))
