"""Opens a file in whatever the desktop has for it: an editor, a browser.

Law: what was opened is not breakd's: it outlives the daemon.
"""
