"""The site: settings, urls, the pages that span all kinds, and what runs it."""
