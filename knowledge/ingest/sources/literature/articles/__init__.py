"""Read articles in XML and JSON as their publishers and libraries give them."""
