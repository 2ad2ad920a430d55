"""Policies and isolation areas that come with Jibungoto: data."""
