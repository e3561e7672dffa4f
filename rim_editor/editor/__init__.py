"""The editor of one open image: what a user does, the jobs that this starts, and the events that it leads to. No Qt."""
