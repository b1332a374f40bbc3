"""The queue of this service's background work; rooms register their tasks on it."""

from shared.tasks import Queue

queue = Queue("subsidy")
