namespace Orders;

/// <summary>The API's answer.</summary>
public class OrderResponse
{
    /// <summary>As in HTTP: 200, 201, 404, 409.</summary>
    public int Status { get; set; }

    public Order? Order { get; set; }

    public List<Order>? Orders { get; set; }

    /// <summary>Items of each page that was fetched.</summary>
    public List<int>? Pages { get; set; }

    public string? Error { get; set; }

    public ServiceCall? LastCall { get; set; }
}
