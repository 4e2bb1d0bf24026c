"""How a request about a return is refused: the unit of work is given up."""

from oms.returns.codes import ReturnRefusal


class Refused(Exception):
    """`code` and the words of its sentence."""

    def __init__(self, code: ReturnRefusal, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params
