"""The queue of the gateway's background work; it has none yet that must follow a transaction."""

from shared.tasks import Queue

queue = Queue("gateway")
