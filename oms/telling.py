"""How other programs and customers are told what happened: the settings of hooks and mails together. Each server has one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from oms.hooks.settings import HookSettings, hooks_from
from oms.notify.settings import MailSettings, mail_from


@dataclass(frozen=True, slots=True)
class Telling:
    """Settings of both; without any, hooks go to the public network only and no mail is sent."""

    hooks: HookSettings = field(default_factory=HookSettings)
    mail: MailSettings = field(default_factory=MailSettings)


def telling_from(environment: Mapping[str, str]) -> Telling:
    """See `hooks_from` and `mail_from`; raises `BadMailSetting`."""
    return Telling(hooks_from(environment), mail_from(environment))
