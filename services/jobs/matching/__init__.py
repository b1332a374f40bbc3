"""Matching (人岗匹配): hard limits, and a score whose parts are shown in words."""
