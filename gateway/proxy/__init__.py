"""The data path of the door: what the gateway does not serve itself goes to the service that owns the path.

Start with `app.Proxy`. `paths` decides where a request may go, `headers` what goes with it, `limits` how much,
`upstream` takes it there, `server` holds the uvicorn settings that the door relies on.
"""
