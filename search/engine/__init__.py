"""The only place that imports ray, optuna or mlflow."""
