"""Dataset folders: export, dataset card, screening gates, imports of other data sets, teacher."""
