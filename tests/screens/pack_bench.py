"""A pack presenter in front of a bench that stands as a test says. For the tests of the pack screen."""

from app.screens.pack.presenter import PackPresenter


def opened(around, service, view):
    """The presenter, entered while the bench stands so."""
    service.now(view)
    presenter = PackPresenter(around.stage, service)
    presenter.enter()
    around.run()
    service.calls.clear()
    return presenter


def stands(pack, around, service, view, message=None):
    """From now on the bench stands so, and the presenter has seen it."""
    service.now(view, message)
    pack.refresh()
    around.run()
    service.calls.clear()


def intents(around):
    """What can be pressed."""
    return [act.intent for act in around.state.frame.actions]
