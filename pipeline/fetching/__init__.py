"""Fetches the pages that a user named by their URLs; nothing is fetched that was not.

URL ─ address ──> one that may be asked for: http(s), no credentials
      robots ───> allowed by the site's robots.txt
      gate ─────> a connection to an address that was looked at: a public one, or the user's own network
      asking ───> redirects followed hop by hop, waits that a site asks for, everything bounded
      body ─────> unpacked as it comes, and a form that can be read: HTML, text, PDF, Word
      fetch ────> kept in OUT/pages (``pipeline.store.pages``), which ingest reads like any folder

Every page that cannot be had ends as a ``NotFetched`` with its reason in words.
"""
