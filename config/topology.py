"""The whole flow on one screen: which stage meets which events, and what the clock does."""

from datetime import timedelta

from streams import events as e
from streams.jobs import Job
from streams.topology import Stage, Topology

TOPOLOGY = Topology(
    stages=(
        Stage("assess", (e.ArticleFetched,), "rrmm.flashpoints.stages.assess",
              emits=(e.ArticleFlagged,), batch=200, ordered=False),
        Stage("read", (e.ArticleFlagged,), "streams.collectors.stages.read",
              batch=200, ordered=False),
        Stage("cluster", (e.ArticleFlagged,), "rrmm.flashpoints.stages.cluster",
              emits=(e.StoryMoved,), batch=200),
        Stage("escalate", (e.StoryMoved,), "rrmm.flashpoints.stages.escalate",
              emits=(e.FlashpointOpened, e.FlashpointGrew, e.FlashpointReturned), batch=50),
        Stage("propose", (e.FlashpointOpened, e.FlashpointGrew, e.FlashpointReturned,
                          e.FlashpointRegrouped), "experts.stages.propose",
              emits=(e.SlateProposed,), batch=10),
        Stage("mobilise", (e.MobilisationPrepared, e.WaveDue, e.ExpertAccepted, e.ExpertDeclined,
                           e.SlotReopened, e.MobilisationStopped), "experts.stages.mobilise",
              emits=(e.ExpertAsked, e.ExpertStoodDown, e.MailQueued)),
        Stage("tell", (e.FlashpointOpened, e.FlashpointReturned, e.ExpertAccepted,
                       e.ExpertDeclined, e.SlotReopened),
              "rrmm.flashpoints.stages.tell", emits=(e.MailQueued,)),
        Stage("send", (e.MailQueued,), "streams.mail.stages.send", emits=(e.MailSent,),
              group="mail"),
    ),
    sources=frozenset({
        e.ArticleFetched, e.StoryMoved, e.StorySplit, e.FlashpointOpened, e.FlashpointTouched,
        e.FlashpointConfirmed, e.FlashpointDismissed, e.FlashpointReopened, e.FlashpointMerged,
        e.FlashpointRegrouped, e.MobilisationPrepared, e.WaveDue, e.ExpertAccepted,
        e.ExpertDeclined, e.SlotReopened, e.MobilisationStopped, e.MailQueued,
    }),
    for_the_record=frozenset({
        e.StorySplit, e.FlashpointTouched, e.FlashpointConfirmed, e.FlashpointDismissed,
        e.FlashpointReopened, e.FlashpointMerged, e.SlateProposed, e.ExpertAsked,
        e.ExpertStoodDown, e.MailSent,
    }),
)  # fmt: skip

JOBS = (
    Job("waves", timedelta(seconds=1), "experts.jobs.waves"),
    Job("forget-lists", timedelta(minutes=10), "experts.jobs.forget_lists"),
    Job("wake-held", timedelta(seconds=5), "rrmm.flashpoints.jobs.wake_held"),
    Job("tell-waiting", timedelta(seconds=15), "rrmm.flashpoints.jobs.tell_waiting"),
    Job("prune-learning", timedelta(hours=1), "rrmm.flashpoints.services.tidying.prune_learning"),
    Job("prune-stories", timedelta(minutes=5), "rrmm.flashpoints.jobs.prune"),
    Job("mail-leases", timedelta(seconds=15), "streams.mail.jobs.release_leases"),
    Job("mail-failed", timedelta(seconds=30), "streams.mail.jobs.note_failed"),
    Job("prune-mail", timedelta(hours=1), "streams.mail.jobs.prune"),
    Job("prune-sessions", timedelta(hours=6), "rrmm.accounts.jobs.prune"),
    Job("websub", timedelta(minutes=5), "streams.collectors.jobs.renew_websub"),
    Job("prune-articles", timedelta(minutes=5), "streams.collectors.jobs.prune"),
    Job("prune-log", timedelta(minutes=5), "streams.pruning.prune"),
)
