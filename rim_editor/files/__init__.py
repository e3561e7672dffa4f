"""Files: documents, projects, images and layered formats, opened, saved, exported and recovered."""
