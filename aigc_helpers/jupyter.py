"""A Jupyter server that sends a kernel's answers at once; `make lab` starts it so.

``jupyter lab --ServerApp.kernel_websocket_connection_class=CLASS`` with the class's
name, ``aigc_helpers.jupyter.PromptConnection``.
"""

from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The channels of a kernel over a socket without Nagle's delay.

    A kernel says "busy" before it answers an explorer. Both messages are small, so the
    second waits in the server until the browser has acknowledged the first (RFC 896),
    which a browser's machine puts off for some 40 ms: longer than a network needs for
    a picture.
    """

    def connect(self):
        """Pass the kernel's messages on, each as it comes."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
