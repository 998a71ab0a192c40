"""Personal data: classes, masks, encryption at rest and blind search."""
