"""The usual way of serving a list: a DRF ModelViewSet with page numbers, by the same server from the same table."""
