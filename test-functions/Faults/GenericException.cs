namespace Faults;

/// <summary>An exception whose type has an argument.</summary>
public class GenericException<T>(string message) : Exception(message);
