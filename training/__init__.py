"""How the weights and word lists in service/core/resources are made."""
