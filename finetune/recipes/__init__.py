"""The recipes that ship, as commented YAML; `finetune.recipe_reader` reads them."""
