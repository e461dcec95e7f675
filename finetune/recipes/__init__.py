"""The recipes that ship, as commented YAML; `finetune.recipes.recipe_reader` reads them."""
