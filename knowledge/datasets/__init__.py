"""Dataset folders: export, dataset card, filters, imports of other data sets, teacher."""
